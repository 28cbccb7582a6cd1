"""Plain values of what happened in a call: what the bot hands to storage and storage hands to REST.

They are neither tables nor API schemas, so that the call path needs neither SQLAlchemy nor FastAPI.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from pydantic import JsonValue


class CallStatus(StrEnum):
    """Where a conversation stands, in the seeds' words."""

    INITIATED = "initiated"
    IN_PROGRESS = "in-progress"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"

    @property
    def is_final(self) -> bool:
        """True once nothing about the call's course can change any more."""
        return self in (CallStatus.COMPLETED, CallStatus.FAILED)


class Direction(StrEnum):
    """Who dialled."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"


class Source(StrEnum):
    """How a conversation came about, in ElevenLabs' words where they have one."""

    TWILIO = "twilio"
    MICROPHONE = "microphone"
    TEXT = "text"
    UNKNOWN = "unknown"


class Role(StrEnum):
    """Whose turn it was."""

    USER = "user"
    AGENT = "agent"


class EndReason(StrEnum):
    """Why a call ended; stored as the conversation's `termination_reason` with `describe()`'s text beside it."""

    AGENT_ENDED = "agent_ended"
    CALLER_HUNG_UP = "caller_hung_up"
    CONNECTION_LOST = "connection_lost"
    MAX_DURATION = "max_duration"
    MALFORMED_STREAM = "malformed_stream"
    NEVER_STREAMED = "never_streamed"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    CANCELED = "canceled"
    SILENCE = "silence"
    SHUTDOWN = "shutdown"
    PROCESS_LOST = "process_lost"
    ERROR = "error"

    @property
    def is_failure(self) -> bool:
        """True when the conversation ends as `failed`."""
        return self in _FAILURES

    def describe(self) -> str:
        """The reason as a sentence for a person."""
        return _DESCRIPTIONS[self]


_FAILURES = frozenset(
    {
        EndReason.MALFORMED_STREAM,
        EndReason.NEVER_STREAMED,
        EndReason.NO_ANSWER,
        EndReason.BUSY,
        EndReason.CANCELED,
        EndReason.PROCESS_LOST,
        EndReason.ERROR,
    }
)
_DESCRIPTIONS = {
    EndReason.AGENT_ENDED: "The agent ended the call.",
    EndReason.CALLER_HUNG_UP: "Call ended by remote party.",
    EndReason.CONNECTION_LOST: "The media stream was lost.",
    EndReason.MAX_DURATION: "The call reached its longest allowed duration.",
    EndReason.MALFORMED_STREAM: "The media stream sent too many malformed messages.",
    EndReason.NEVER_STREAMED: "The call ended before its media stream began.",
    EndReason.NO_ANSWER: "The callee did not answer.",
    EndReason.BUSY: "The callee was busy.",
    EndReason.CANCELED: "The call was cancelled before it was answered.",
    EndReason.SILENCE: "The caller said nothing any more.",
    EndReason.SHUTDOWN: "The server shut down.",
    EndReason.PROCESS_LOST: "The server process that ran this call stopped.",
    EndReason.ERROR: "The call failed on the server.",
}


@dataclass(frozen=True, slots=True)
class SnippetUse:
    """One chunk given to the model for a turn, as the transcript shows it."""

    document_id: str
    chunk_id: str
    vector_distance: float
    similarity: float | None = None
    """How likely the answer is in it, 0 to 1; None in records of earlier versions."""


@dataclass(frozen=True, slots=True)
class RetrievalRecord:
    """What was looked up for a turn."""

    query: str
    embedding_model: str
    latency_ms: float
    chunks: tuple[SnippetUse, ...] = ()
    timed_out: bool = False
    similarity: float | None = None
    """How likely the documents hold the answer, 0 to 1; None in records of earlier versions."""
    answerable: bool | None = None
    """Whether that was enough to answer from them."""


@dataclass(frozen=True, slots=True)
class ToolCallRecord:
    """One tool call, ended: it has exactly one of a result or an error."""

    request_id: str
    tool_name: str
    params: dict[str, JsonValue]
    result: JsonValue
    is_error: bool
    latency_ms: float


@dataclass(frozen=True, slots=True)
class TurnLatency:
    """Where a turn's time went, in milliseconds; None where the stage did not happen.

    `voice_to_voice_ms` runs from the caller's last speech sample received to the reply's first audio
    sample sent, at the media socket.
    """

    stt_ms: float | None = None
    """Last speech sample → final transcript."""
    retrieval_ms: float | None = None
    """How long the model waited for retrieval (0 when it was prefetched)."""
    turn_end_ms: float | None = None
    """Last speech sample → the turn counted as over, and its reply was begun or, begun early, let go."""
    held_ms: float | None = None
    """How long the first audio of a reply that was begun early lay ready before the turn was over (0 when it came
    after that); None for a reply that was begun afterwards."""
    llm_first_token_ms: float | None = None
    """Request sent → first token."""
    llm_first_clause_ms: float | None = None
    """First token → first clause ready to be spoken."""
    tts_first_byte_ms: float | None = None
    """First clause sent → first audio byte."""
    voice_to_voice_ms: float | None = None
    interruption_ms: float | None = None
    """Caller's onset → `clear` sent, on the turn that interrupted."""


@dataclass(frozen=True, slots=True)
class TurnRecord:
    """One finished turn: what was said (by the agent: what was *heard*), and how it came about."""

    position: int
    role: Role
    message: str
    time_in_call_secs: float
    interrupted: bool = False
    confidence: float | None = None
    """Mean STT confidence of the caller's words, 0 to 1."""
    latency: TurnLatency | None = None
    retrieval: RetrievalRecord | None = None
    tool_calls: tuple[ToolCallRecord, ...] = ()
    input_tokens: int | None = None
    output_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class CallOutcome:
    """How a call ended."""

    reason: EndReason
    ended_at: datetime
    duration_secs: float
    error: str | None = None


@dataclass(frozen=True, slots=True)
class ConversationRecord:
    """A conversation with its turns, as REST shows it."""

    conversation_id: str
    workspace_id: str
    agent_id: str
    agent_name: str
    status: CallStatus
    direction: Direction
    call_sid: str | None
    stream_sid: str | None
    phone_number: str | None
    """The other party's number, E.164."""
    agent_number: str | None
    phone_number_id: str | None
    started_at: datetime
    accepted_at: datetime | None
    ended_at: datetime | None
    duration_secs: float
    end_reason: EndReason | None
    error: str | None
    dynamic_variables: dict[str, JsonValue]
    message_count: int
    transcript_text: str = ""
    source: Source = Source.UNKNOWN
    turns: tuple[TurnRecord, ...] = field(default=())
