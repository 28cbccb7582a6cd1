"""Numbers, spelling and addresses that a caller dictates: pauses in them mean nothing until they are whole."""

import re
from collections.abc import Callable, Sequence
from enum import StrEnum

from bot.spoken_words import spoken_words, word_set

WHOLE_NUMBER_DIGITS = 10
"""Digits from which a number is taken for whole: a telephone number."""
POSSIBLE_NUMBER_DIGITS = 7
"""Digits from which a number could be whole: a local telephone number."""
POSSIBLE_CODE_DIGITS = 5
"""The same for a postcode, an order number and the like, where the caller says that it is one."""
FEWEST_DIGITS = 3
"""Digits from which a number counts as dictated."""
_FEWEST_LETTERS = 2

_NUMBER_WORDS = word_set(
    "zero oh one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand double "
    "triple plus dash dot hyphen underscore"
)
_DICTATED = re.compile(
    r"\b(?:number|phone|code|zip|postcode|account|order|card|reference|digits|id|policy|pin|birth|serial|invoice)\b"
)
_CODE = re.compile(r"\b(?:code|zip|postcode|account|order|card|reference|id|policy|serial|invoice)\b")
_SPELT_AS = re.compile(r"\b[a-z] (?:as in|for) [a-z]+$")
_ADDRESS_END = re.compile(r"(?:\bdot |\.)(?:com|org|net|edu|gov|io|co|uk|de)$")


class Dictation(StrEnum):
    """How much there is of something dictated."""

    WHOLE = "whole"
    """Nothing more is to be expected."""
    POSSIBLE = "possible"
    """It could be whole, and people pause within such numbers."""
    PART = "part"
    """There is more to come."""


def dictation_of(text: str) -> Dictation | None:
    """How much there is of what is dictated at the end of a text; None where nothing is dictated."""
    if _ADDRESS_END.search(text.lower().rstrip(" .!")):
        return Dictation.WHOLE
    words = spoken_words(text)
    letters = _run(words, lambda word: len(word) == 1 and word.isalpha())
    if letters >= _FEWEST_LETTERS or _SPELT_AS.search(" ".join(words)):
        return Dictation.PART
    run = _run(words, lambda word: word.isdigit() or word in _NUMBER_WORDS)
    digits = sum(len(word) if word.isdigit() else 1 for word in words[len(words) - run :])
    if digits >= WHOLE_NUMBER_DIGITS:
        return Dictation.WHOLE
    before = " ".join(words[: len(words) - run])
    asked_for = not before or _DICTATED.search(before) is not None
    if run < FEWEST_DIGITS and not (digits >= FEWEST_DIGITS and asked_for):
        return None
    possible = POSSIBLE_CODE_DIGITS if _CODE.search(before) else POSSIBLE_NUMBER_DIGITS
    return Dictation.POSSIBLE if digits >= possible else Dictation.PART


def _run(words: Sequence[str], fits: Callable[[str], bool]) -> int:
    """How many words at the end fit."""
    count = 0
    for word in reversed(words):
        if not fits(word):
            break
        count += 1
    return count
