"""Whether what a caller has said so far sounds whole, judged by its words.

Speech-to-text puts a full stop at many a pause in mid-sentence ("I would like to. Book a"), so a full stop alone
says little: what counts is whether the last words can be last. English only.
"""

import re
from enum import StrEnum

from bot.dictation import Dictation, dictation_of
from bot.spoken_words import last_sentence, spoken_words
from bot.unfinished_sentence import is_unfinished


class Completeness(StrEnum):
    """How whole a turn sounds."""

    SUMMONS = "summons"
    """Whether anybody is there ("Hello?"): to be answered at once."""
    COMPLETE = "complete"
    """A whole question, sentence or answer."""
    OPEN = "open"
    """It could be whole, or not."""
    DICTATED = "dictated"
    """A number that could be whole, and in which pauses mean little."""
    DANGLING = "dangling"
    """It plainly goes on."""


_DICTATIONS = {
    Dictation.WHOLE: Completeness.COMPLETE,
    Dictation.POSSIBLE: Completeness.DICTATED,
    Dictation.PART: Completeness.DANGLING,
}
_CLOSERS = " \"')]\N{RIGHT DOUBLE QUOTATION MARK}"
_GOES_ON = (",", "\N{HORIZONTAL ELLIPSIS}", "...", "-", "\N{EM DASH}", "\N{EN DASH}", ":", ";")
_SUMMONS = re.compile(
    r"(?:hello|hi|hey)(?: (?:hello|there))*|"
    r"(?:(?:hello|hi|hey) )*(?:(?:are|is) (?:you|anyone|anybody|someone|somebody)(?: still)? (?:there|here)|"
    r"(?:can|do) you(?: still)? hear me)(?: hello)?"
)
_GREETING = re.compile(r"(?:hello|hi|hey|good (?:morning|afternoon|evening|day))(?: there)?")
_AGREES = (
    r"(?:yes|yeah|yep|yup|no|nope|sure|okay|ok|alright|all right|right|correct|exactly|absolutely|definitely|"
    r"certainly|of course|perfect|great|fine|maybe|not really|not yet|me too|never mind|nothing else|that works|"
    r"sounds good|go ahead|please do|i (?:think|guess|hope) so|i (?:don't|do not) think so|"
    r"that(?:'s| is) (?:right|correct|fine|all|it|okay|ok|good|great|perfect|me)|"
    r"i (?:am|do|did|don't|didn't|have|haven't|would)|i'm not|it (?:is|isn't))"
)
_COURTESY = r"(?:please|thanks|thank you(?: (?:very|so) much)?|sir|madam|ma'am|bye|goodbye|good bye)"
_ANSWER = re.compile(
    rf"(?:{_AGREES}|{_COURTESY})(?: (?:{_AGREES}|{_COURTESY})){{0,3}}|(?:yes|sure) i(?:'d| would) (?:like|love) to"
)


def completeness_of(text: str) -> Completeness:
    """Judge a turn by all that was said in it so far."""
    said = " ".join(spoken_words(text))
    ending = text.rstrip(_CLOSERS)
    is_question = ending.endswith("?")
    if _SUMMONS.fullmatch(said) and (is_question or not _GREETING.fullmatch(said)):
        return Completeness.SUMMONS
    if _ANSWER.fullmatch(said):
        return Completeness.COMPLETE
    dictation = dictation_of(text)
    if dictation is not None:
        return _DICTATIONS[dictation]
    if not said or _GREETING.fullmatch(said):
        return Completeness.OPEN
    if ending.endswith(_GOES_ON) or is_unfinished(last_sentence(text), is_question=is_question):
        return Completeness.DANGLING
    return Completeness.COMPLETE if ending.endswith((".", "!", "?")) else Completeness.OPEN
