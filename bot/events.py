"""What a call tells the world: small frozen events that leave it through one sink.

Persistence, metrics and live views subscribe; the call knows none of them.
"""

from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class CallEnded(CallEvent):
    """Nothing more will come of this call."""

    outcome: CallOutcome


class EventSink(Protocol):
    """Takes events without ever blocking the call; called on the event loop."""

    def emit(self, event: CallEvent) -> None:
        """Accept one event; must return at once and must not raise."""
