"""Body of the latency route."""

from typing import Literal

from pydantic import Field

from api.schemas.common import ResponseBody
from api.schemas.transcript import LatencyStages


class TurnLatencyItem(LatencyStages):
    """One turn and where its time went."""

    position: int = Field(description="Counts the turns of the call from 0.")
    role: Literal["user", "agent"]
    time_in_call_secs: float = Field(description="When the turn began.")
    interrupted: bool


class Percentiles(ResponseBody):
    """One stage over the whole call, in milliseconds."""

    count: int = Field(description="Turns in which the stage happened.")
    p50: float = Field(description="Half of them took no longer.")
    p95: float = Field(description="95 of 100 took no longer.")
    p99: float = Field(description="99 of 100 took no longer.")


class LatencySummary(ResponseBody):
    """Each stage over the whole call, by the keys of a turn; null where it never happened.

    Percentiles are by nearest rank: each is a value that was measured.
    """

    stt_ms: Percentiles | None
    retrieval_ms: Percentiles | None
    llm_first_token_ms: Percentiles | None
    llm_first_clause_ms: Percentiles | None
    tts_first_byte_ms: Percentiles | None
    voice_to_voice_ms: Percentiles | None
    interruption_ms: Percentiles | None


class LatencyReport(ResponseBody):
    """Where the time of one call went."""

    conversation_id: str
    call_sid: str | None
    turns: list[TurnLatencyItem] = Field(description="The turns that were measured, in order.")
    summary: LatencySummary
