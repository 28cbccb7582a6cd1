"""The words of a question or a passage that keyword search compares.

Little words, fillers and the words that only say which kind of answer is wanted ("how much", "cost") are left out:
they are on every page, or on none although the answer is there. What is left is stemmed. Codes and numbers are
kept as they are, because one digit more or less is another thing.
"""

import re
from dataclasses import dataclass

import Stemmer

from data.knowledge.spoken_numbers import spoken_numbers

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_CODE = re.compile(
    r"\b(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*\b"  # FL-1625, E07, 11kW
    r"|\b[A-Z]{1,3}[ -]\d[\d-]*\b"  # "WR 550"
    r"|\b\d{2,}\b"
    r"|\b[A-Z]{2,}\b"
)
_SHORTEST_BEGINNING = 3
_ORDINAL = re.compile(r"\d+(?:st|nd|rd|th|am|pm)", re.IGNORECASE)
_LITTLE_WORDS = frozenset(
    [
        "a",
        "about",
        "ah",
        "also",
        "am",
        "an",
        "and",
        "any",
        "anybody",
        "anyone",
        "are",
        "as",
        "at",
        "be",
        "been",
        "being",
        "but",
        "by",
        "can",
        "could",
        "d",
        "did",
        "do",
        "does",
        "doing",
        "don",
        "done",
        "dont",
        "er",
        "every",
        "for",
        "from",
        "get",
        "gets",
        "getting",
        "give",
        "go",
        "going",
        "gonna",
        "got",
        "guys",
        "had",
        "has",
        "have",
        "having",
        "he",
        "hello",
        "her",
        "hey",
        "hi",
        "him",
        "his",
        "hm",
        "hows",
        "i",
        "if",
        "in",
        "into",
        "is",
        "it",
        "its",
        "just",
        "kind",
        "know",
        "let",
        "like",
        "ll",
        "look",
        "m",
        "make",
        "may",
        "maybe",
        "me",
        "might",
        "mm",
        "my",
        "need",
        "no",
        "not",
        "of",
        "oh",
        "ok",
        "okay",
        "on",
        "one",
        "or",
        "our",
        "out",
        "please",
        "re",
        "s",
        "say",
        "see",
        "shall",
        "she",
        "should",
        "so",
        "some",
        "somebody",
        "someone",
        "sort",
        "such",
        "t",
        "take",
        "talk",
        "tell",
        "than",
        "thank",
        "thanks",
        "that",
        "the",
        "their",
        "them",
        "then",
        "there",
        "these",
        "they",
        "thing",
        "things",
        "this",
        "those",
        "till",
        "to",
        "too",
        "uh",
        "um",
        "until",
        "up",
        "us",
        "ve",
        "very",
        "wanna",
        "want",
        "wants",
        "was",
        "we",
        "well",
        "were",
        "what",
        "whatever",
        "whats",
        "wheres",
        "which",
        "will",
        "with",
        "would",
        "yeah",
        "yep",
        "yes",
        "you",
        "your",
    ]
)
_KIND_WORDS = frozenset(
    [
        "address",
        "am",
        "ask",
        "bucks",
        "charge",
        "charged",
        "charges",
        "cost",
        "costs",
        "date",
        "dates",
        "day",
        "days",
        "dollar",
        "dollars",
        "euro",
        "euros",
        "expensive",
        "fee",
        "fees",
        "hour",
        "hours",
        "how",
        "late",
        "located",
        "location",
        "long",
        "many",
        "much",
        "name",
        "offer",
        "often",
        "old",
        "open",
        "opening",
        "pay",
        "price",
        "prices",
        "pricing",
        "rate",
        "rates",
        "sell",
        "set",
        "time",
        "times",
        "week",
        "what's",
        "when",
        "where",
        "who",
        "whom",
        "whose",
        "why",
    ]
)
"""They ask for a kind of answer, which `answer_kinds` looks at, rather than about a thing."""


@dataclass(frozen=True, slots=True)
class SearchTerms:
    """What is compared.

    Attributes:
        words: Stems of the telling words, each once, in order.
        kind_words: Stems of the words that only say which kind of answer is wanted.
        codes: Codes and numbers in small letters, without hyphens and spaces.
    """

    words: tuple[str, ...]
    kind_words: tuple[str, ...]
    codes: frozenset[str]


class TermExtractor:
    """Takes texts apart. Not safe across threads: the stemmer has a buffer of its own."""

    def __init__(self) -> None:
        self._stemmer = Stemmer.Stemmer("english")

    def stems(self, text: str) -> list[str]:
        """Every word of a passage but the little ones, stemmed, in order, repetitions included."""
        return self._stem([word for word in _words(text.casefold()) if word not in _LITTLE_WORDS])

    def beginnings(self, text: str) -> list[str]:
        """What the forms of each word begin with, such as "batter" of "batteries"; in order, in small letters.

        Little words are left out, unless there are no others.
        """
        every = _words(text.lower())
        words = [word for word in every if word not in _LITTLE_WORDS] or every
        return [_beginning(word, stem) for word, stem in zip(words, self._stem(words), strict=True)]

    def terms(self, text: str) -> SearchTerms:
        """The terms of a question."""
        words = [word for word in _words(text.casefold()) if word not in _LITTLE_WORDS]
        telling = [word for word in words if word not in _KIND_WORDS]
        numbers = spoken_numbers(text)
        return SearchTerms(
            words=tuple(dict.fromkeys((*self._stem(telling), *numbers))),
            kind_words=tuple(dict.fromkeys(self._stem([word for word in words if word in _KIND_WORDS]))),
            codes=codes_of(text) | frozenset(number for number in numbers if len(number) > 1),
        )

    def _stem(self, words: list[str]) -> list[str]:
        stems: list[str] = self._stemmer.stemWords(words)
        return stems


def codes_of(text: str) -> frozenset[str]:
    """Codes, acronyms and numbers of two digits and more, in one spelling."""
    found = (match.group() for match in _CODE.finditer(text))
    return frozenset(re.sub(r"[- ]", "", code).casefold() for code in found if not _ORDINAL.fullmatch(code))


def _words(folded: str) -> list[str]:
    return [word.replace("’", "'").removesuffix("'s") for word in _WORD.findall(folded)]


def _beginning(word: str, stem: str) -> str:
    # The stem of what ends in "y" or "ies" ends in "i"; that of "dying" is "die".
    beginning = stem if stem == word else stem.removesuffix("i")
    return beginning if word.startswith(beginning) and len(beginning) >= _SHORTEST_BEGINNING else word
