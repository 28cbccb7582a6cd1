"""Which of the chunks that were found are worth the caller's time: each thing once, and not too much of it."""

import re
from collections.abc import Iterable

from data.knowledge.snippet import Snippet

CHARACTERS_PER_TOKEN = 4
"""Of English text, for the models that agents use; good enough for a budget."""
_SAME_SHARE = 0.85
"""Two chunks that share this much of their words say the same thing."""
_WORDS = re.compile(r"\w+")
_DIGITS = re.compile(r"\d+")


def select(candidates: Iterable[Snippet], *, top_k: int, max_tokens: int) -> tuple[Snippet, ...]:
    """The first `top_k` that differ from each other and fit the budget together.

    Chunks that differ in a number are different, however alike they are: one of them may be last year's price.
    The first is always taken, since an answer without it would be none.

    Args:
        candidates: Best first.
        top_k: Most snippets.
        max_tokens: Most tokens of all their texts together.
    """
    selected: list[Snippet] = []
    seen: list[tuple[frozenset[str], list[str]]] = []
    room = max_tokens * CHARACTERS_PER_TOKEN
    for candidate in candidates:
        if len(selected) >= top_k:
            break
        words = frozenset(_WORDS.findall(candidate.text.casefold()))
        numbers = sorted(_DIGITS.findall(candidate.text))
        if any(numbers == others and _share(words, known) >= _SAME_SHARE for known, others in seen):
            continue
        if selected and len(candidate.text) > room:
            continue
        selected.append(candidate)
        seen.append((words, numbers))
        room -= len(candidate.text)
    return tuple(selected)


def _share(words: frozenset[str], others: frozenset[str]) -> float:
    union = len(words | others)
    return len(words & others) / union if union else 1.0
