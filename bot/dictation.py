"""Numbers, spelling and addresses that a caller dictates: pauses in them mean nothing until they are whole."""

import re
from collections.abc import Callable, Sequence

from bot.spoken_words import spoken_words, word_set

WHOLE_NUMBER_DIGITS = 10
"""Digits from which a number can be whole: a telephone number."""
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
_SPELT_AS = re.compile(r"\b[a-z] (?:as in|for) [a-z]+$")
_ADDRESS_END = re.compile(r"(?:\bdot |\.)(?:com|org|net|edu|gov|io|co|uk|de)$")


def dictation_is_whole(text: str) -> bool | None:
    """Whether something dictated at the end of a text can be all of it; None where nothing is dictated."""
    if _ADDRESS_END.search(text.lower().rstrip(" .!")):
        return True
    words = spoken_words(text)
    letters = _run(words, lambda word: len(word) == 1 and word.isalpha())
    if letters >= _FEWEST_LETTERS or _SPELT_AS.search(" ".join(words)):
        return False
    run = _run(words, lambda word: word.isdigit() or word in _NUMBER_WORDS)
    digits = sum(len(word) if word.isdigit() else 1 for word in words[len(words) - run :])
    if digits >= WHOLE_NUMBER_DIGITS:
        return True
    before = " ".join(words[: len(words) - run])
    asked_for = not before or _DICTATED.search(before) is not None
    return False if run >= FEWEST_DIGITS or (digits >= FEWEST_DIGITS and asked_for) else None


def _run(words: Sequence[str], fits: Callable[[str], bool]) -> int:
    """How many words at the end fit."""
    count = 0
    for word in reversed(words):
        if not fits(word):
            break
        count += 1
    return count
