"""Lays the known phrases over a turn: which there are, in which order, and which words they leave over."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from bot.intent.phrases import PHRASES, Kind

MAX_WORDS = 60
"""Words of a turn that are looked at; the rest only counts as left over."""

_PHRASES: tuple[tuple[Kind, re.Pattern[str], tuple[re.Pattern[str], ...]], ...] = tuple(
    (
        kind,
        re.compile("|".join(f"(?:{phrase})(?!\\S)" for phrase in phrases)),
        tuple(re.compile(f"(?:{phrase})(?!\\S)") for phrase in phrases),
    )
    for kind, phrases in PHRASES.items()
)
"""Per kind: one pattern that says quickly whether any phrase fits, and the phrases, to find the longest."""

_NO_SENTENCE = frozenset(
    (
        "i we you he she it they that this these those there my his her our their your the a an not do does did please just "
        "let keep leave make because sorry but is was are can could will would what how when where why who actually really "
        "still absolutely definitely thanks thank ok cancel change use send put wait stop hold call give take go move try "
        "monday tuesday wednesday thursday friday saturday sunday eleven twelve at on for in to with nothing all and then "
        "never unfortunately never only maybe sir madam dear yes yeah if so as from of listen look well oh honestly now "
        "tomorrow today next two three four five six seven eight nine ten thirteen fourteen fifteen sixteen seventeen "
        "eighteen nineteen twenty thirty forty fifty sixty were have has had after before because somebody someone everything"
    ).split()
)
"""Words that can follow a "no" that is an answer; "no signal" and "no idea" are none."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A phrase found in a turn, or one word that belongs to none.

    Attributes:
        kind: What the phrase does; None for a word left over.
        text: The words.
    """

    kind: Kind | None
    text: str


@dataclass(frozen=True, slots=True)
class Cover:
    """All of a turn, in order."""

    pieces: tuple[Piece, ...]

    @property
    def kinds(self) -> frozenset[Kind]:
        """Which kinds of phrases there are."""
        return frozenset(piece.kind for piece in self.pieces if piece.kind is not None)

    @property
    def rest(self) -> list[str]:
        """The words that no phrase covers."""
        return [piece.text for piece in self.pieces if piece.kind is None]

    def has(self, *kinds: Kind) -> bool:
        """True if there is a phrase of any of these kinds."""
        return any(piece.kind in kinds for piece in self.pieces)

    def is_only(self, kinds: Collection[Kind | None]) -> bool:
        """True if nothing but phrases of these kinds was said."""
        return bool(self.pieces) and all(piece.kind in kinds for piece in self.pieces)

    def without(self, kinds: Collection[Kind]) -> tuple[Piece, ...]:
        """The pieces that are of none of these kinds."""
        return tuple(piece for piece in self.pieces if piece.kind not in kinds)


def lay_cover(words: str, *, no_stands_alone: bool = False) -> Cover:
    """Find the phrases of normalised words, the longest first at each place.

    Args:
        words: As `SpokenText.words`.
        no_stands_alone: True if a comma or full stop followed the opening "no".
    """
    tokens = words.split()
    begins: list[int] = []
    offset = 0
    for token in tokens:
        begins.append(offset)
        offset += len(token) + 1
    pieces: list[Piece] = []
    index = 0
    while index < len(tokens):
        kind, end = _longest(words, begins[index]) if index < MAX_WORDS else (None, 0)
        if (
            kind is Kind.NO
            and words[begins[index] : end] == "no"
            and _is_part_of_a_noun(words, end, first=index == 0, stands_alone=no_stands_alone)
        ):
            kind = None
        if kind is None:
            pieces.append(Piece(None, tokens[index]))
            index += 1
            continue
        text = words[begins[index] : end]
        pieces.append(Piece(kind, text))
        index += len(text.split())
    return Cover(tuple(pieces))


def _longest(words: str, begin: int) -> tuple[Kind | None, int]:
    best: Kind | None = None
    best_end = begin
    for kind, any_phrase, phrases in _PHRASES:
        if any_phrase.match(words, begin) is None:
            continue
        for phrase in phrases:
            found = phrase.match(words, begin)
            if found is not None and found.end() > best_end:
                best, best_end = kind, found.end()
    return best, best_end


def _is_part_of_a_noun(words: str, end: int, *, first: bool, stands_alone: bool) -> bool:
    """True for the "no" of "no signal": a word follows that begins no sentence."""
    following = words[end:].split(maxsplit=1)
    if not following or (first and stands_alone):
        return False
    return following[0] not in _NO_SENTENCE and _longest(words, end + 1)[0] is None
