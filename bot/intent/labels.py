"""What a caller can want that the call itself has to act on."""

from dataclasses import dataclass
from enum import StrEnum


class IntentLabel(StrEnum):
    """What the caller's words do.

    When two apply the earlier one here counts.
    """

    HUMAN = "human"
    """Wants to be connected with a person or department now."""
    GOODBYE = "goodbye"
    """Ends the call now."""
    REPEAT = "repeat"
    """Wants the last thing again."""
    STOP = "stop"
    """Wants the agent silent or waiting now."""
    NO = "no"
    """Declines, whatever it opens with."""
    YES = "yes"
    """Agrees to what the agent's question asks for."""
    OTHER = "other"
    """Everything else, and any request or question with content of its own."""


@dataclass(frozen=True, slots=True)
class Intent:
    """A reading of one turn.

    Attributes:
        label: What the turn does.
        score: 0.0 to 1.0; how sure the reading is. Rules give fixed scores, the fitted model its probability.
    """

    label: IntentLabel
    score: float
