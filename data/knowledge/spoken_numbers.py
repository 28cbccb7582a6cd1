"""Numbers and codes as callers say them, in the digits that documents write.

Speech-to-text writes "five fifty", "twenty inch" or "double u two"; price lists write 550, 20 and W2.
"""

import re

_UNITS = {
    "zero": 0, "oh": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15,
    "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19,
}  # fmt: skip
_TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
_SCALES = {"hundred": 100, "thousand": 1000}
_NUMBER_WORD = "|".join(sorted((*_UNITS, *_TENS, *_SCALES), key=len, reverse=True))
_RUN = re.compile(rf"\b(?:{_NUMBER_WORD})(?:[ -]+(?:and +)?(?:{_NUMBER_WORD}))*\b", re.IGNORECASE)
_DOUBLE_U = re.compile(r"\bdouble (?:u|you)\b", re.IGNORECASE)
_SINGLE = frozenset(("one", "oh"))
"""Alone these are hardly ever numbers: "one of us", "oh well"."""


def spoken_numbers(text: str) -> tuple[str, ...]:
    """The numbers that a text says in words, in digits, in order.

    "twenty five" gives 25, "three hundred" 300, "five fifty" 550 and "one zero four" 104.
    """
    text = _DOUBLE_U.sub("w", text)
    runs = (re.split(r"[ -]+", found.group().lower()) for found in _RUN.finditer(text))
    return tuple(_digits(run) for run in runs if not (len(run) == 1 and run[0] in _SINGLE))


def _digits(words: list[str]) -> str:
    """The digits of one run of number words."""
    pieces: list[str] = []
    value: int | None = None
    for word in words:
        if word == "and":
            continue
        if word in _SCALES:
            value = (1 if value is None else value) * _SCALES[word]
            continue
        number = _UNITS[word] if word in _UNITS else _TENS[word]
        size = 10 if word in _UNITS and number < 10 else 100
        if value is None:
            value = number
        elif value % size == 0 and value != 0:
            value += number
        else:
            # "five fifty", "one zero four": said one after the other, not added.
            pieces.append(str(value))
            value = number
    if value is not None:
        pieces.append(str(value))
    return "".join(pieces)
