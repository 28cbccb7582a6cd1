"""Body of the latency route."""

from typing import Annotated, Literal

from pydantic import Field
from pydantic.fields import FieldInfo

from api.schemas.common import ResponseBody
from api.schemas.transcript import LatencyStages


class TurnLatencyItem(LatencyStages):
    """One turn and where its time went."""

    position: int = Field(description="Counts the turns of the call from 0.")
    role: Literal["user", "agent"] = Field(
        description="`agent`: the reply whose making was measured; `user`: the words that interrupted the agent."
    )
    time_in_call_secs: float = Field(description="When the turn began.")
    interrupted: bool = Field(description="The reply was cut off by the caller.")


class Percentiles(ResponseBody):
    """One stage over the whole call, in milliseconds."""

    count: int = Field(description="Turns in which the stage happened.")
    p50: float = Field(description="Half of them took no longer.")
    p95: float = Field(description="95 of 100 took no longer.")
    p99: float = Field(description="99 of 100 took no longer.")


def _over(stage: str) -> FieldInfo:
    """The field of a stage, described as in a turn."""
    field: FieldInfo = Field(description=LatencyStages.model_fields[stage].description)
    return field


class LatencySummary(ResponseBody):
    """Each stage over the whole call, by the keys of a turn; null where it never happened.

    Percentiles are by nearest rank: each is a value that was measured.
    """

    stt_ms: Annotated[Percentiles | None, _over("stt_ms")]
    retrieval_ms: Annotated[Percentiles | None, _over("retrieval_ms")]
    turn_end_ms: Annotated[Percentiles | None, _over("turn_end_ms")]
    held_ms: Annotated[Percentiles | None, _over("held_ms")]
    llm_first_token_ms: Annotated[Percentiles | None, _over("llm_first_token_ms")]
    llm_first_clause_ms: Annotated[Percentiles | None, _over("llm_first_clause_ms")]
    tts_first_byte_ms: Annotated[Percentiles | None, _over("tts_first_byte_ms")]
    voice_to_voice_ms: Annotated[Percentiles | None, _over("voice_to_voice_ms")]
    interruption_ms: Annotated[Percentiles | None, _over("interruption_ms")]


class LatencyReport(ResponseBody):
    """Where the time of one call went."""

    conversation_id: str = Field(description="`conv_…`.")
    call_sid: str | None = Field(description="Twilio's `CA…`; null for a conversation that was no telephone call.")
    turns: list[TurnLatencyItem] = Field(description="The turns that were measured, in order.")
    summary: LatencySummary = Field(description="The percentiles of each stage over the call.")
