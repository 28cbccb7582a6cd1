"""Cuts a streamed reply into pieces for text-to-speech.

The first piece decides how long the caller waits, so it is a first clause, or a phrase of it; every later one is
built while audio is already playing, so it is made of whole sentences, and grows, because a voice sounds better
over more text and Deepgram allows 20 flushes a minute. Where a cut falls depends on the text alone, never on how
the model happened to cut it into tokens.
"""

import re
from dataclasses import dataclass

LONGEST = 250
"""Characters of the longest piece."""
SENTENCES_FROM = (1, 25, 60, 120)
"""Fewest characters of the first, second, third and every later piece that ends with a sentence."""
CLAUSE_FROM = 60
"""Characters from which the second piece may end with a clause: the first bought little time."""
FIRST_LONGEST = 32
"""Characters after which no better end of the first piece is waited for: callers notice tenths of a second."""
_CLAUSE_WORDS = 2
_SOFT_LOOK = 31
_SOFT_FROM = 20
_SOFT_WORDS = 4

_MARK = re.compile(
    r"(?P<stop>[.!?…]+[\"'”’)\]]*(?=\s|$))|(?P<full>[。！？।]|\n)|(?P<clause>[,;:][\"'”’)\]]*(?=\s|$)|\s[–-](?=\s|$)|—)"
)
_MARK_CHARACTER = re.compile(r"[.!?…。！？।\n,;:–—-]")
_SOFT = re.compile(
    r"(?<=\s)(?:and|but|or|which|that|because|so|with|without|for|from|at|to|on|in|by|as|per|than|into|during|within|"
    r"between|about|over|under|when|where|while|if|before|after|until|unless|once|since|though|then|is|are|was|were|"
    r"will|can|may|must)(?=\s)",
    re.IGNORECASE,
)
_LEANS_ON = re.compile(
    r".*\d.*|[A-Z][a-z]{0,2}\.|a|an|the|all|each|every|some|any|of|to|no|not|my|your|our|his|her|its|their|this|"
    r"that|these|those|and|or|but|"
    r"for|from|at|on|in|by|with|as|per|than|i|we|you|he|she|it|they|is|are|was|were|will|can|may|must|do|does|very|"
    r"one|two|three|four|five|six|seven|eight|nine|ten|twenty|thirty|forty|fifty|hundred|thousand",
    re.IGNORECASE,
)
"""Words that belong to the next one."""
_DETERMINERS = re.compile(r"a|an|the|my|your|our|his|her|its|their|this|that|these|those", re.IGNORECASE)
_LAST_WORD = re.compile(r"[^\s\"'“‘(\[]+$")
_NEVER_ENDS = frozenset(
    [
        "dr",
        "mr",
        "mrs",
        "ms",
        "prof",
        "rev",
        "gen",
        "sen",
        "rep",
        "st",
        "mt",
        "e.g",
        "i.e",
        "vs",
        "approx",
        "fig",
    ]
)
_ENDS_BEFORE_CAPITAL = frozenset(
    ["etc", "inc", "ltd", "co", "corp", "jr", "sr", "dept", "est", "ext", "ave", "blvd"]
)
_NOT_BEFORE_NUMBER = frozenset(
    [
        "no",
        "nr",
        "jan",
        "feb",
        "mar",
        "apr",
        "jun",
        "jul",
        "aug",
        "sep",
        "sept",
        "oct",
        "nov",
        "dec",
        "p",
        "pp",
    ]
)


@dataclass(frozen=True, slots=True)
class _Marks:
    """Where a text may be cut: ends of sentences, ends of clauses, and a mark that awaits what follows."""

    sentences: tuple[int, ...]
    clauses: tuple[int, ...]
    pending: int | None


class SpeechChunker:
    """Chunks one reply after the other; `flush()` ends a reply."""

    def __init__(self) -> None:
        self._text = ""
        self._released = 0
        self._pending = False

    def feed(self, delta: str) -> list[str]:
        """Take the next piece of text; gives the chunks that are ready to be spoken."""
        self._text = (self._text + delta).lstrip()
        enough = LONGEST if self._released else _SOFT_LOOK
        if not self._pending and len(self._text) < enough and not _MARK_CHARACTER.search(delta):
            return []
        return self._release(final=False)

    def flush(self) -> list[str]:
        """The reply is over: gives what is left, and starts the next reply with an early first clause."""
        chunks = self._release(final=True)
        if _is_speakable(self._text):
            chunks.append(" ".join(self._text.split()))
        self._text = ""
        self._released = 0
        self._pending = False
        return chunks

    def _release(self, *, final: bool) -> list[str]:
        chunks: list[str] = []
        while self._text:
            marks = _marks(self._text, final)
            self._pending = marks.pending is not None
            end = self._first_end(marks) if self._released == 0 else self._later_end(marks)
            if end is None and len(self._text.rstrip()) > LONGEST:
                end = _longest_end(self._text, marks)
            if end is None:
                break
            chunks.append(" ".join(self._text[:end].split()))
            self._text = self._text[end:].lstrip()
            self._released += 1
        return chunks

    def _first_end(self, marks: _Marks) -> int | None:
        ends = marks.sentences[:1] + tuple(
            end for end in marks.clauses if len(self._text[:end].split()) >= _CLAUSE_WORDS
        )
        mark = min(ends, default=None)
        soft = self._soft_break()
        if soft is None:
            return mark
        end, known_at = soft
        if mark is not None and mark <= known_at:
            return mark
        return None if marks.pending is not None and marks.pending <= known_at else end

    def _soft_break(self) -> tuple[int, int] | None:
        """A break before a function word, and how much text it takes to decide for it."""
        if len(self._text) < _SOFT_LOOK:
            return None
        plain = self._plain_break()
        for word in _SOFT.finditer(self._text, _SOFT_FROM, LONGEST):
            known_at = max(_SOFT_LOOK, word.end() + 1)
            if plain is not None and plain[1] < known_at:
                break
            if len(self._text[: word.start()].split()) >= _SOFT_WORDS:
                return word.start(), known_at
        return plain

    def _plain_break(self) -> tuple[int, int] | None:
        """Between two words that can stand apart, where an opening has no better place for too long."""
        if len(self._text) <= FIRST_LONGEST:
            return None
        best, is_good = None, False
        for blank in re.finditer(r"\s", self._text):
            words = self._text[: blank.start()].split()
            if len(words) < _SOFT_WORDS or _LEANS_ON.fullmatch(words[-1]):
                continue
            if blank.start() > FIRST_LONGEST:
                return (best, FIRST_LONGEST + 1) if best else (blank.end(), blank.end())
            # "The washing" may be that of a washing machine.
            good = not _DETERMINERS.fullmatch(words[-2])
            if good or not is_good:
                best, is_good = blank.end(), good
        return (best, FIRST_LONGEST + 1) if best else None

    def _later_end(self, marks: _Marks) -> int | None:
        fewest = SENTENCES_FROM[min(self._released, len(SENTENCES_FROM) - 1)]
        ends = [end for end in marks.sentences if end >= fewest]
        if self._released == 1:
            ends += [end for end in marks.clauses if end >= CLAUSE_FROM]
        return min(ends, default=None)


def _is_speakable(text: str) -> bool:
    return any(character.isalnum() for character in text)


def _longest_end(text: str, marks: _Marks) -> int:
    """Where to cut a text that is too long: after its last sentence, clause or word, or anywhere."""
    for ends in (marks.sentences, marks.clauses):
        if ends:
            return ends[-1]
    blank = text.rfind(" ", 0, LONGEST + 1)
    return blank if blank > 0 else LONGEST


def _marks(text: str, final: bool) -> _Marks:
    sentences: list[int] = []
    clauses: list[int] = []
    for mark in _MARK.finditer(text, 0, LONGEST + 1):
        end = mark.end()
        if end > LONGEST or not _is_speakable(text[:end]):
            continue
        if mark["full"]:
            sentences.append(end)
            continue
        after = text[end:].lstrip()[:1]
        if not after and not final:
            return _Marks(tuple(sentences), tuple(clauses), end)
        if mark["clause"]:
            # "Tuesday, 24 November" and "1 - 3" belong together.
            if not after.isdigit():
                clauses.append(end)
        elif _ends_sentence(text[: mark.start()], mark["stop"], after):
            sentences.append(end)
    return _Marks(tuple(sentences), tuple(clauses), None)


def _ends_sentence(before: str, stop: str, after: str) -> bool:
    """False when the full stop belongs to an abbreviation or an initial."""
    if stop[0] != "." or stop.startswith(".."):
        return True
    match = _LAST_WORD.search(before)
    word = match.group() if match else ""
    lower = word.lower()
    if lower in _NEVER_ENDS or (len(word) == 1 and word.isupper() and word != "I"):
        return False
    if lower in _NOT_BEFORE_NUMBER:
        return not after.isdigit()
    if lower in _ENDS_BEFORE_CAPITAL or re.fullmatch(r"(?:[A-Za-z]\.)+[A-Za-z]", word):
        return not after or after.isupper()
    return True
