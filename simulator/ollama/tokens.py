"""Splits text into pieces of about four characters, as a model's tokenizer does. Joined, they are the text."""

import re

_PIECE = re.compile(r"\s*(?:\w{1,6}|[^\w\s])|\s+")


def pieces(text: str) -> list[str]:
    """The tokens of a text; `"".join(pieces(text)) == text`."""
    return _PIECE.findall(text)


def count(text: str) -> int:
    """How many tokens a text has."""
    return len(_PIECE.findall(text))


def common_prefix_length(left: list[str], right: list[str]) -> int:
    """How many tokens two texts share from their start."""
    shortest = min(len(left), len(right))
    low, high = 0, shortest
    while low < high:
        middle = (low + high + 1) // 2
        if left[low:middle] == right[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
