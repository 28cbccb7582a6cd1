"""What is written down of a running call, as values that can lie on a disk until the database is back."""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from data.records import CallOutcome, TurnRecord


@dataclass(frozen=True, slots=True)
class StreamBegan:
    """The media stream is up.

    Attributes:
        owner: Names the process that runs the call.
        at: Seconds since the epoch.
    """

    conversation_id: str
    owner: str
    stream_sid: str
    at: float
    kind: Literal["stream_began"] = "stream_began"


@dataclass(frozen=True, slots=True)
class TurnOver:
    """A turn is complete and will not change."""

    conversation_id: str
    turn: TurnRecord
    kind: Literal["turn_over"] = "turn_over"


@dataclass(frozen=True, slots=True)
class CallOver:
    """Nothing more will come of this call."""

    conversation_id: str
    outcome: CallOutcome
    kind: Literal["call_over"] = "call_over"


JournalEntry = StreamBegan | TurnOver | CallOver

_ADAPTER: TypeAdapter[JournalEntry] = TypeAdapter(Annotated[JournalEntry, Field(discriminator="kind")])


def to_json(entry: JournalEntry) -> bytes:
    """One line of JSON."""
    return _ADAPTER.dump_json(entry)


def from_json(line: bytes) -> JournalEntry:
    """What `to_json` wrote.

    Raises:
        pydantic.ValidationError: It did not write this.
    """
    return _ADAPTER.validate_json(line)
