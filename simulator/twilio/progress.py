"""What a scenario tells while it runs, for whoever prints it live."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class ProgressKind(StrEnum):
    """What happened."""

    CALL_PLACED = "call_placed"
    STREAM_STARTED = "stream_started"
    STEP_STARTED = "step_started"
    STEP_FINISHED = "step_finished"
    CALLER_SPEAKS = "caller_speaks"
    AGENT_STARTED = "agent_started"
    AGENT_STOPPED = "agent_stopped"
    CALL_ENDED = "call_ended"


@dataclass(frozen=True, slots=True)
class Progress:
    """One thing that happened.

    Attributes:
        at_secs: Seconds since the call was placed.
        step_number: 1 for the first step; 0 where it belongs to no step.
        text: The caller's words, a step's name with its outcome, or who ended the call.
    """

    kind: ProgressKind
    at_secs: float
    step_number: int = 0
    text: str = ""


ProgressListener = Callable[[Progress], None]
"""Called on the event loop; must return at once."""
