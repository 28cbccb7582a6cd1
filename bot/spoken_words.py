"""Text as a recogniser writes it, taken apart into words and sentences."""

import re

_APOSTROPHES = str.maketrans({"\N{RIGHT SINGLE QUOTATION MARK}": "'", "\N{LEFT SINGLE QUOTATION MARK}": "'"})
_WORD = re.compile(r"[a-z]+(?:'[a-z]+)*|\d+")
_SENTENCE_BREAK = re.compile(r"[.!?]+[\"')\]]*\s+(?=\S)")


def word_set(words: str) -> frozenset[str]:
    """The words of a list that is written with spaces."""
    return frozenset(words.split())


def spoken_words(text: str) -> list[str]:
    """The words of a text in lower case, numbers among them, without marks."""
    return _WORD.findall(text.lower().translate(_APOSTROPHES))


def last_sentence(text: str) -> str:
    """What follows the last mark in the middle of the text."""
    return _SENTENCE_BREAK.split(text.strip())[-1]
