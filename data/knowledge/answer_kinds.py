"""Which kind of answer a question wants, and whether a passage has one of that kind.

"How much is the ferry?" is not answered by a sentence about the ferry without an amount. The patterns only have to
be right often enough to be worth a weight: the calibration decides how much each of them counts.
"""

import re
from enum import StrEnum


class AnswerKind(StrEnum):
    """What the caller wants to hear."""

    AMOUNT = "amount"
    TIME = "time"
    PLACE = "place"
    PERSON = "person"
    COUNT = "count"


_AMOUNT_WORD = r"dollars?|euros?|pounds?|pence|cents?|bucks|percent|%|usd|eur|gbp"
_WEEKDAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)days?"
_MONTH = r"january|february|march|april|may|june|july|august|september|october|november|december"
_STREET = (
    r"street|st\.|road|rd\.|avenue|ave\.|lane|drive|square|yard|boulevard|highway|floor|behind|corner|counties"
)

_ASKS = {
    AnswerKind.AMOUNT: re.compile(
        r"\bhow much\b|\b(?:costs?|prices?|pricing|charged?|charges|fees?|rates?|deposit|expensive)\b"
        r"|\b(?:discount|cheaper)\b|what do you want for|set me back|run me",
        re.IGNORECASE,
    ),
    AnswerKind.TIME: re.compile(
        r"\b(?:when|what time|wh(?:at|ich) days?|hours|opening|until|by when|how (?:early|late|soon|long))\b"
        rf"|\bdates?\b|\bopen\b|\bclosed?\b|\b{_WEEKDAY}\b",
        re.IGNORECASE,
    ),
    AnswerKind.PLACE: re.compile(r"\bwhere\b|\b(?:address|located|location|directions)\b", re.IGNORECASE),
    AnswerKind.PERSON: re.compile(r"\b(?:who|whom|whose)\b|\bname of\b|'s name\b", re.IGNORECASE),
    AnswerKind.COUNT: re.compile(
        r"\bhow (?:many|long|old|far|heavy|large|big|fast|tall|often|high)\b|\b(?:what age|top speed|limit)\b",
        re.IGNORECASE,
    ),
}
_HAS = {
    AnswerKind.AMOUNT: re.compile(
        rf"[$€£]\s?\d|\d\s*(?:{_AMOUNT_WORD})|\bfree\b|\bno (?:charge|cost)\b|\b\d+[.,]\d\d\b"
        r"|\|\s*\d[\d.,]*\s*(?:\||$)|\bhalf (?:of )?(?:the |price)|\bdiscount\b|\bincluded\b",
        re.IGNORECASE,
    ),
    AnswerKind.TIME: re.compile(
        rf"\b\d{{1,2}}(?::\d\d)?\s*[ap]\.?m\b|\b\d{{1,2}}:\d\d\b|\b(?:{_WEEKDAY}|{_MONTH}|noon|midnight|daily|closed)\b"
        r"|\b(?:minutes?|hours?|days?|weeks?|months?|years?)\b",
        re.IGNORECASE,
    ),
    AnswerKind.PLACE: re.compile(rf"\b\d+ [A-Z]|\b[A-Z]\w+ (?:{_STREET})|\b(?:{_STREET})\b"),
    AnswerKind.PERSON: re.compile(r"(?:Dr|Mr|Mrs|Ms|Prof)\.? [A-Z]|\b[A-Z][a-z]+ [A-Z][a-z]+\b|\bby [A-Z]"),
    AnswerKind.COUNT: re.compile(r"\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|twelve|once|twice)\b"),
}


def kinds_wanted(question: str) -> tuple[AnswerKind, ...]:
    """The kinds of answer that a question asks for; often none, sometimes two."""
    return tuple(kind for kind, pattern in _ASKS.items() if pattern.search(question))


def kinds_in(passage: str) -> frozenset[AnswerKind]:
    """The kinds of answer that a passage holds."""
    return frozenset(kind for kind, pattern in _HAS.items() if pattern.search(passage))
