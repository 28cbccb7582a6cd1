"""One turn of a conversation as REST shows it: ElevenLabs' transcript item with our own figures beside.

The discriminators (`type` of tool calls and results) are always there, because the official SDK picks a
wrong class without them.
"""

from typing import Literal

from pydantic import Field, JsonValue

from api.schemas.common import ResponseBody


class Elapsed(ResponseBody):
    """How long a stage took."""

    elapsed_time: float = Field(description="Seconds.")


class TurnMetrics(ResponseBody):
    """Where a turn's time went, under ElevenLabs' names."""

    metrics: dict[str, Elapsed] = Field(
        description="`convai_asr_trailing_service_latency`: end of speech → final transcript. "
        "`convai_llm_service_ttfb`: request → first token. `convai_llm_service_ttf_sentence`: request → "
        "first text that can be spoken. `convai_tts_service_ttfb`: text sent → first audio."
    )


class ToolCall(ResponseBody):
    """A tool that the model called."""

    type: Literal["system"] = "system"
    request_id: str
    tool_name: str
    tool_id: str | None = None
    params_as_json: str
    tool_has_been_called: bool = True
    tool_details: None = None


class ToolResult(ResponseBody):
    """What came of a tool call."""

    type: Literal["system"] = "system"
    request_id: str
    tool_name: str
    tool_id: str | None = None
    result_value: str = Field(description="The result as text: as it is if it is one, else as JSON.")
    result: dict[str, JsonValue] | None = Field(default=None, description="ElevenLabs' form, where it has one.")
    is_error: bool
    tool_has_been_called: bool = True
    tool_latency_secs: float
    dynamic_variable_updates: list[JsonValue] = Field(default_factory=list)


class RetrievedChunk(ResponseBody):
    """A chunk of a document that was given to the model."""

    document_id: str
    chunk_id: str
    vector_distance: float = Field(description="Cosine distance to the question; 0 is the same.")
    similarity: float | None = Field(default=None, description="How likely the answer is in it, 0 to 1.")


class Retrieval(ResponseBody):
    """What was looked up for a turn."""

    chunks: list[RetrievedChunk]
    embedding_model: str
    retrieval_query: str
    rag_latency_secs: float
    timed_out: bool = Field(description="The store was too slow, and the model answered without it.")
    similarity: float | None = Field(
        default=None, description="How likely the documents hold the answer, 0 to 1, quoted or not."
    )
    answerable: bool | None = Field(
        default=None, description="Whether that reached the agent's `min_similarity`; if not, nothing was quoted."
    )


class TokenCount(ResponseBody):
    """Tokens, and what they cost: nothing, on one's own machine."""

    tokens: int
    price: float = 0.0


class ModelTokens(ResponseBody):
    """What one model read and wrote."""

    input: TokenCount
    output_total: TokenCount


class LlmUsage(ResponseBody):
    """Tokens by model."""

    model_usage: dict[str, ModelTokens]


class LatencyStages(ResponseBody):
    """Where a turn's time went, in milliseconds; null where a stage did not happen."""

    stt_ms: float | None = Field(description="Last speech sample received → final transcript.")
    retrieval_ms: float | None = Field(
        description="How long the model waited for retrieval; 0 when it was done before."
    )
    turn_end_ms: float | None = Field(
        description="Caller's last speech sample received → the turn counted as over, and its reply was begun or, "
        "begun early, let go."
    )
    held_ms: float | None = Field(
        description="Only for a reply that was begun before the turn was over (speculation): how long its first "
        "audio lay ready until then, 0 when it came later. The stages of such a reply overlap the end of the "
        "caller's turn: the request to the model may come before the final transcript."
    )
    llm_first_token_ms: float | None = Field(description="Request to the model → its first token.")
    llm_first_clause_ms: float | None = Field(description="First token → first clause ready to be spoken.")
    tts_first_byte_ms: float | None = Field(description="First clause sent → first audio byte.")
    voice_to_voice_ms: float | None = Field(
        description="Caller's last speech sample received → reply's first audio sample sent, at the media socket."
    )
    interruption_ms: float | None = Field(
        description="Caller's onset → `clear` sent, on the turn that interrupted."
    )


class AgentOfTurn(ResponseBody):
    """Which agent spoke."""

    agent_id: str


class TranscriptItem(ResponseBody):
    """One finished turn. What the agent is shown to have said is what was heard."""

    role: Literal["user", "agent"]
    message: str | None
    time_in_call_secs: int
    interrupted: bool
    source_medium: Literal["audio"] = "audio"
    agent_metadata: AgentOfTurn | None
    tool_calls: list[ToolCall]
    tool_results: list[ToolResult]
    feedback: None = None
    llm_override: None = None
    conversation_turn_metrics: TurnMetrics | None
    rag_retrieval_info: Retrieval | None
    llm_usage: LlmUsage | None
    position: int = Field(description="Counts the turns of the call from 0.")
    started_at_secs: float = Field(description="`time_in_call_secs`, unrounded.")
    confidence: float | None = Field(description="Mean confidence of the recognised words, 0 to 1.")
    latency: LatencyStages | None
