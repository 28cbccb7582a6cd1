"""What a search over the content of documents looks for, and where it stands in a passage.

A word is found by what its forms begin with, anywhere in a text and in any case. One that is in no document is
looked for with a letter wrong, missing, too many, or in its neighbour's place. A number is not: with another digit
it is another one.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from data.knowledge.search_terms import TermExtractor
from data.knowledge_records import ANY_LETTER, ContentTerm

MAX_TERMS = 8
"""More of a query are not looked at."""
_FUZZY_LENGTHS = range(5, 21)
"""Shorter words are all near to others; longer ones would cost more than they are worth."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a passage, and whether it is what was looked for."""

    text: str
    is_hit: bool


def content_terms(query: str) -> tuple[ContentTerm, ...]:
    """The words of a query, each once, at most `MAX_TERMS`; little ones only if there are no others."""
    words = dict.fromkeys(TermExtractor().beginnings(query))
    return tuple(ContentTerm(word, (word,)) for word in list(words)[:MAX_TERMS])


def widened(term: ContentTerm) -> ContentTerm:
    """A term that also stands for words which differ from it in a letter other than its first."""
    if len(term.word) not in _FUZZY_LENGTHS or any(map(str.isdigit, term.word)):
        return term
    middle = len(term.word) // 2
    return replace(
        term,
        spellings=tuple(dict.fromkeys((term.word, *_one_letter_off(term.word)))),
        # One wrong letter leaves one side of the middle whole; so do two neighbours that changed places.
        pieces=(term.word[:middle], term.word[middle + 1 :]),
    )


def segments(passage: str, terms: Sequence[ContentTerm]) -> tuple[Segment, ...]:
    """A passage divided where words that were looked for begin and end."""
    # The longest first: of two that begin alike, the one that says more is shown.
    spellings = sorted({one for term in terms for one in term.spellings}, key=len, reverse=True)
    wanted = "|".join(re.escape(one).replace(re.escape(ANY_LETTER), r"\w") for one in spellings)
    # With one group, what is found alternates with what lies between.
    parts = re.split(rf"((?:{wanted})\w*)", passage, flags=re.IGNORECASE) if wanted else [passage]
    return tuple(Segment(part, is_hit=index % 2 == 1) for index, part in enumerate(parts) if part)


def _one_letter_off(word: str) -> Iterator[str]:
    for index in range(1, len(word)):
        before, letter, after = word[:index], word[index], word[index + 1 :]
        yield f"{before}{ANY_LETTER}{after}"
        yield f"{before}{ANY_LETTER}{letter}{after}"
        yield f"{before}{after}"
        if after:
            yield f"{before}{after[0]}{letter}{after[1:]}"
