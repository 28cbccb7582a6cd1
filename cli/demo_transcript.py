"""What the demo reads back of its call over REST: the few fields that it shows and checks."""

import json
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field, JsonValue

BOOKING_TOOL = "book_appointment"


class Speaker(StrEnum):
    """Whose turn it was, in REST's words."""

    CALLER = "user"
    AGENT = "agent"


class _Body(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class ToolCallBody(_Body):
    """A tool that the model called."""

    request_id: str
    tool_name: str
    params_as_json: str


class ToolResultBody(_Body):
    """What came of it."""

    request_id: str
    result_value: str
    is_error: bool

    @property
    def status(self) -> str:
        """The result's own word for what happened; `error` for a failure."""
        word = self.values.get("status")
        return str(word) if word else ("error" if self.is_error else "done")

    @property
    def values(self) -> dict[str, JsonValue]:
        """The result's fields; none if it is no object."""
        return _fields(self.result_value)


class RetrievalBody(_Body):
    """What was looked up; only how much."""

    chunks: tuple[JsonValue, ...] = ()


class LatencyBody(_Body):
    """Where a turn's time went, in milliseconds."""

    stt_ms: float | None = None
    retrieval_ms: float | None = None
    llm_first_token_ms: float | None = None
    tts_first_byte_ms: float | None = None
    voice_to_voice_ms: float | None = None
    interruption_ms: float | None = None


class LatencyTurn(LatencyBody):
    """One line of the latency report."""

    position: int
    role: Speaker


class LatencyReport(_Body):
    """`GET /v1/convai/latency/{call_sid}`."""

    turns: tuple[LatencyTurn, ...] = ()


class TurnBody(_Body):
    """One finished turn."""

    role: Speaker
    message: str | None
    position: int
    started_at_secs: float = 0.0
    interrupted: bool = False
    tool_calls: tuple[ToolCallBody, ...] = ()
    tool_results: tuple[ToolResultBody, ...] = ()
    retrieval: RetrievalBody | None = Field(default=None, alias="rag_retrieval_info")

    @property
    def text(self) -> str:
        """What was said, or heard; empty for a turn without words."""
        return self.message or ""

    @property
    def passages(self) -> int:
        """How many passages of the documents the model was given."""
        return len(self.retrieval.chunks) if self.retrieval else 0

    def statuses(self, tool_name: str) -> tuple[str, ...]:
        """What came of each call of a tool in this turn."""
        wanted = {call.request_id for call in self.tool_calls if call.tool_name == tool_name}
        return tuple(result.status for result in self.tool_results if result.request_id in wanted)

    def successes(self, tool_name: str, status: str) -> tuple[dict[str, JsonValue], ...]:
        """Parameters and result, together, of each call of a tool that came to this."""
        results = {result.request_id: result for result in self.tool_results if result.status == status}
        return tuple(
            {**_fields(call.params_as_json), **_without_words(results[call.request_id].values)}
            for call in self.tool_calls
            if call.tool_name == tool_name and call.request_id in results
        )


class Conversation(_Body):
    """`GET /v1/convai/conversations/{call_sid}`."""

    conversation_id: str
    agent_id: str
    status: str
    end_reason: str | None = None
    duration_secs: float = 0.0
    transcript: tuple[TurnBody, ...] = ()

    @property
    def is_over(self) -> bool:
        """Whether nothing will change any more."""
        return self.status in ("completed", "done", "failed")


def _fields(text: str) -> dict[str, JsonValue]:
    try:
        value: JsonValue = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _without_words(values: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """What is not meant for the model to say."""
    return {name: value for name, value in values.items() if name not in ("message", "status")}
