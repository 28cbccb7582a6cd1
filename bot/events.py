"""What a call tells the world: small frozen events that leave it through one sink.

Persistence, metrics and live views subscribe; the call knows none of them.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from data.records import CallOutcome, Role, ToolCallRecord, TurnRecord


@dataclass(frozen=True, slots=True)
class CallEvent:
    """Base: which call, and when (seconds since the epoch)."""

    conversation_id: str
    at: float


@dataclass(frozen=True, slots=True)
class CallStarted(CallEvent):
    """The media stream is up; the call is in progress."""

    call_sid: str
    stream_sid: str


@dataclass(frozen=True, slots=True)
class SpeechHeard(CallEvent):
    """Words as they are recognised (`final=False`) or being spoken to the caller (role agent)."""

    role: Role
    text: str
    final: bool


@dataclass(frozen=True, slots=True)
class TurnFinished(CallEvent):
    """A turn is complete and will not change."""

    turn: TurnRecord


@dataclass(frozen=True, slots=True)
class ToolFinished(CallEvent):
    """A tool call ended, well or badly."""

    call: ToolCallRecord


class SpeculationStage(StrEnum):
    """What becomes of a reply that was begun before the caller's turn was certainly over."""

    STARTED = "started"
    USED = "used"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class ReplySpeculated(CallEvent):
    """A reply was begun early, or it turned out whether that was right; `wasted_tokens` of a dropped one."""

    stage: SpeculationStage
    wasted_tokens: int = 0


@dataclass(frozen=True, slots=True)
class CallEnded(CallEvent):
    """Nothing more will come of this call."""

    outcome: CallOutcome


class EventSink(Protocol):
    """Takes events without ever blocking the call; called on the event loop."""

    def emit(self, event: CallEvent) -> None:
        """Accept one event; must return at once and must not raise."""
