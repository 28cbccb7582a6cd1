"""Questions that only make sense after the one before: "And on Sundays?", "How much is that?".

Searched alone they find nothing; searched together with what the caller said before they find what is meant. A
question that stands on its own is left alone, because the last topic would pull the search back to it.
"""

import re

from data.knowledge.search_terms import TermExtractor

_BEGINS = re.compile(
    r"^(?:(?:um+|uh+|ok(?:ay)?|so|oh|well|right|yeah|yes|thanks|thank you|great|good|alright|all right)[,.!]?\s+)*"
    r"(?:and|or|what about|how about|then|also|plus|but)\b",
    re.IGNORECASE,
)
_POINTS_BACK = re.compile(
    r"\b(?:that|that's|this|these|those|they|them|he|she|him|her|one|ones|same|then|instead|else)\b"
    # "What does it cost to …" and "how far is it from …" point forward.
    r"|\bits?\b(?! (?:cost|costs|possible|okay|ok) (?:to|for)\b)(?! (?:to|from|more|at)\b)",
    re.IGNORECASE,
)
_STARTS_WITHIN = re.compile(r"^(?:on|in|at|for|from|with|without|until|till|after|before)\b", re.IGNORECASE)
_MOST_WORDS_WITHIN = 5
_VERB = re.compile(
    r"\b(?:is|are|was|do|does|did|can|could|will|would|may|should|have|has|must|need|charge|offer|sell|take)\b|'s\b",
    re.IGNORECASE,
)
_ADDRESSES = re.compile(r"\b(?:you|your)\b", re.IGNORECASE)
_FEW_TERMS = 3
_MOST_TERMS_AFTER_AND = 5
_MOST_WORDS = 12
"""Whoever says so much says what it is about."""
_PREVIOUS_CHARACTERS = 200


def readings(question: str, previous: str | None, extractor: TermExtractor) -> tuple[str, ...]:
    """The question as it would have been asked on its own, in each way that it may be meant.

    Args:
        question: What the caller said.
        previous: What the caller said, or was understood to mean, in the turn before; None or empty at the
            beginning of a call.
        extractor: Tells words that say something from those that do not.

    Returns:
        The question itself; or the previous one and the question after it; or both, the question first: "and how
        much is the delivery?" may be of what was spoken of, or a matter of its own. The documents tell.
    """
    if not previous or not previous.strip() or not is_follow_up(question, extractor):
        return (question,)
    resolved = f"{' '.join(previous.split())[-_PREVIOUS_CHARACTERS:]} {question}"
    return (question, resolved) if _is_whole(_BEGINS.sub("", question), extractor) else (resolved,)


def is_follow_up(question: str, extractor: TermExtractor) -> bool:
    """Whether a question leans on the one before it."""
    length = len(question.split())
    if length > _MOST_WORDS:
        return False
    if _STARTS_WITHIN.search(question) and length <= _MOST_WORDS_WITHIN:
        return True
    terms = extractor.terms(question)
    telling = len(terms.words)
    if _BEGINS.search(question):
        return telling <= _MOST_TERMS_AFTER_AND
    points_back = _POINTS_BACK.search(question) is not None
    if telling == 0:
        # "How much?", but neither "Where are you?" nor "Yes, please".
        return points_back or (bool(terms.kind_words) and _ADDRESSES.search(question) is None)
    return points_back and telling < _FEW_TERMS


def _is_whole(rest: str, extractor: TermExtractor) -> bool:
    """Whether what comes after "and" is a question that names its own matter."""
    names_something = bool(extractor.terms(rest).words)
    return names_something and _VERB.search(rest) is not None and _POINTS_BACK.search(rest) is None
