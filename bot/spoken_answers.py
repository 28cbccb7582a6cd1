"""Reads a caller's "yes" or "no" to a question that the agent has just asked.

It guards writes, so it errs on one side only: consent is a clear yes and nothing else. Words that the
question itself contained ("Tuesday at ten") may be repeated; any other day, time or number, or a word that
asks for something else, makes the answer a refusal of what was asked. Everything that is neither is left to
the model. English only.
"""

import re
from enum import StrEnum


class ConfirmationAnswer(StrEnum):
    """What a caller answered.

    NO includes a correction ("make it eleven"): they did not agree to what was asked.
    """

    YES = "yes"
    NO = "no"
    OTHER = "other"


def _words(text: str) -> list[str]:
    return text.split()


_NUMBERS = {
    word: str(number)
    for number, word in enumerate(
        _words(
            "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
            "sixteen seventeen eighteen nineteen twenty"
        )
    )
}
_ORDINALS = {
    word: str(number)
    for number, word in enumerate(
        _words(
            "zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth "
            "thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
        )
    )
}
_SAME_WORD = _NUMBERS | _ORDINALS | {"thirty": "30", "forty": "40", "fifty": "50", "n't": "not"}
_YES = frozenset(_words("yes yeah yep yup yea aye sure ok okay absolutely definitely certainly affirmative"))
_YES_PHRASES = (
    "of course",
    "go ahead",
    "do it",
    "do that",
    "please do",
    "book it",
    "sounds good",
    "sounds great",
    "that works",
    "works for me",
    "that is right",
    "that is correct",
    "that is fine",
    "i confirm",
    "confirmed",
    "correct",
    "perfect",
    "exactly",
)
_NO = frozenset(_words("no nope nah never negative cancel stop"))
_NOT = _NO | {"not", "none", "neither"}
_REFUSAL = re.compile(
    r" (?:do not(?! know| mind| think| see| get| understand| remember| worry| care)|never mind|not yet|not now|"
    r"not really|forget it|hold off) "
)
_NO_ANSWER = ("no problem", "no worries", "no rush")
"""Said to agree as well as to wave off."""
_OTHER_WISHES = (
    "make it",
    "make that",
    "instead",
    "change",
    "different",
    "another",
    "rather",
    "later",
    "earlier",
)
_TIMES = frozenset(
    _words(
        "monday tuesday wednesday thursday friday saturday sunday today tomorrow tonight morning afternoon "
        "evening noon midnight am pm january february march april june july august september october "
        "november december week half quarter past"
    )
)
_NOT_A_NUMBER = re.compile(r"\b(?:(?:this|that) one|(?:one|a) (?:second|moment|minute|sec)|one more)\b")
_OPENERS = frozenset(_words("um uh er oh well so sorry wait actually hmm please"))
_ASKS = frozenset(["can", "is", "will", "would"])
"""Fillers that begin a question when they begin the sentence."""
_FILLERS = frozenset(
    _words(
        "a all alright an and appointment at be book can cool d day excellent fine for good great i is it just "
        "let lets like lovely m madam me meeting my nice of oh on please right s sir so thank thanks that "
        "the then this time to uh um us very we well will works would you"
    )
)
_APOSTROPHES = str.maketrans({"’": "'", "‘": "'"})
_TOKEN = re.compile(r"n't\b|[a-z]+?(?=n't\b)|[a-z]+|\d+")


def read_answer(text: str, question: str = "") -> ConfirmationAnswer:
    """What `text` answers to the yes-or-no question `question`."""
    tokens = _tokens(text)
    spoken = f" {' '.join(tokens)} "
    asked = set(_tokens(question))
    if _has(spoken, _NO_ANSWER):
        return ConfirmationAnswer.OTHER
    if _has(spoken, _OTHER_WISHES) or any(_is_time(token) and token not in asked for token in tokens):
        return ConfirmationAnswer.NO
    if _REFUSAL.search(spoken):
        return ConfirmationAnswer.NO
    agrees = bool(_YES.intersection(tokens)) or _has(spoken, _YES_PHRASES)
    first = next((token for token in tokens if token not in _OPENERS), "")
    if _NOT.intersection(tokens):
        return ConfirmationAnswer.NO if first in _NO and not agrees else ConfirmationAnswer.OTHER
    asks = first in _ASKS or text.rstrip().endswith("?")
    if agrees and not asks and _is_only_agreement(spoken, asked):
        return ConfirmationAnswer.YES
    return ConfirmationAnswer.OTHER


def _tokens(text: str) -> list[str]:
    plain = text.lower().translate(_APOSTROPHES).replace("a.m.", "am").replace("p.m.", "pm")
    plain = plain.replace("'s ", " is ").replace("can't", "can n't").replace("cannot", "can n't")
    plain = _NOT_A_NUMBER.sub("that", plain)
    return [_SAME_WORD.get(token, token) for token in _TOKEN.findall(plain)]


def _has(spoken: str, phrases: tuple[str, ...]) -> bool:
    return any(f" {phrase} " in spoken for phrase in phrases)


def _is_time(token: str) -> bool:
    return token.isdigit() or token in _TIMES


def _is_only_agreement(spoken: str, asked: set[str]) -> bool:
    """True when nothing is left over once agreement, politeness and the question's own words are gone."""
    for phrase in _YES_PHRASES:
        spoken = spoken.replace(f" {phrase} ", " ")
    return all(word in _YES or word in _FILLERS or word in asked for word in spoken.split())
