"""The phrases that calls are made of, by what they do: regular expressions over normalised words.

A phrase alone decides nothing; `bot.intent.cover` lays them over a turn, and the readers judge what they cover
and what they leave over.
"""

from enum import StrEnum

from bot.intent.phrases_answering import AGREEMENT, NO_PROBLEM, NO_WORD, NOT_AT_ALL, REFUSAL, YES_WORD
from bot.intent.phrases_closing import (
    APPRECIATION,
    CLOSER,
    DEPARTURE,
    FAREWELL,
    LATER,
    NOTHING_MORE,
    RETURNED_WISH,
    SATISFIED,
    THAT_IS_ME,
)
from bot.intent.phrases_polite import ACKNOWLEDGEMENT, COURTESY, FILLER, PRAISE, REASON, SOFT_DOUBT
from bot.intent.phrases_steering import REPEAT, STOP, TROUBLE_HEARING


class Kind(StrEnum):
    """What a phrase does."""

    FAREWELL = "farewell"
    DEPARTURE = "departure"
    CLOSER = "closer"
    SATISFIED = "satisfied"
    NOTHING_MORE = "nothing_more"
    THAT_IS_ME = "that_is_me"
    RETURNED_WISH = "returned_wish"
    LATER = "later"
    APPRECIATION = "appreciation"
    YES = "yes"
    AGREEMENT = "agreement"
    NO = "no"
    REFUSAL = "refusal"
    NO_PROBLEM = "no_problem"
    NOT_AT_ALL = "not_at_all"
    REPEAT = "repeat"
    TROUBLE_HEARING = "trouble_hearing"
    STOP = "stop"
    REASON = "reason"
    ACKNOWLEDGEMENT = "acknowledgement"
    PRAISE = "praise"
    COURTESY = "courtesy"
    SOFT_DOUBT = "soft_doubt"
    FILLER = "filler"


PHRASES: dict[Kind, tuple[str, ...]] = {
    Kind.FAREWELL: FAREWELL,
    Kind.DEPARTURE: DEPARTURE,
    Kind.CLOSER: CLOSER,
    Kind.SATISFIED: SATISFIED,
    Kind.NOTHING_MORE: NOTHING_MORE,
    Kind.THAT_IS_ME: THAT_IS_ME,
    Kind.RETURNED_WISH: RETURNED_WISH,
    Kind.LATER: LATER,
    Kind.APPRECIATION: APPRECIATION,
    Kind.YES: YES_WORD,
    Kind.AGREEMENT: AGREEMENT,
    Kind.NO: NO_WORD,
    Kind.REFUSAL: REFUSAL,
    Kind.NO_PROBLEM: NO_PROBLEM,
    Kind.NOT_AT_ALL: NOT_AT_ALL,
    Kind.REPEAT: REPEAT,
    Kind.TROUBLE_HEARING: TROUBLE_HEARING,
    Kind.STOP: STOP,
    Kind.REASON: REASON,
    Kind.ACKNOWLEDGEMENT: ACKNOWLEDGEMENT,
    Kind.PRAISE: PRAISE,
    Kind.COURTESY: COURTESY,
    Kind.SOFT_DOUBT: SOFT_DOUBT,
    Kind.FILLER: FILLER,
}
"""In order of preference where two phrases cover the same words."""
