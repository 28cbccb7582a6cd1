"""Shows a stored turn as a transcript item; what ElevenLabs names is in seconds, as they have it."""

import dataclasses
import json
import math

from pydantic import JsonValue

from api.schemas.transcript import (
    AgentOfTurn,
    Elapsed,
    LatencyStages,
    LlmUsage,
    ModelTokens,
    Retrieval,
    RetrievedChunk,
    TokenCount,
    ToolCall,
    ToolResult,
    TranscriptItem,
    TurnMetrics,
)
from data.agent_config import BuiltInTool
from data.records import RetrievalRecord, Role, ToolCallRecord, TurnLatency, TurnRecord

UNNAMED_MODEL = "llm"
"""Key of the token counts: turns are stored without the name of the model that produced them."""


def transcript_item(turn: TurnRecord, *, agent_id: str) -> TranscriptItem:
    """The turn in ElevenLabs' shape, with our own figures beside."""
    return TranscriptItem(
        role=turn.role.value,
        message=turn.message,
        time_in_call_secs=math.floor(turn.time_in_call_secs),
        interrupted=turn.interrupted,
        agent_metadata=AgentOfTurn(agent_id=agent_id) if turn.role is Role.AGENT else None,
        tool_calls=[_tool_call(call) for call in turn.tool_calls],
        tool_results=[_tool_result(call) for call in turn.tool_calls],
        conversation_turn_metrics=_metrics(turn.latency) if turn.latency else None,
        rag_retrieval_info=_retrieval(turn.retrieval) if turn.retrieval else None,
        llm_usage=_usage(turn),
        position=turn.position,
        started_at_secs=turn.time_in_call_secs,
        confidence=turn.confidence,
        latency=latency_stages(turn.latency) if turn.latency else None,
    )


def latency_stages(latency: TurnLatency) -> LatencyStages:
    """Every stage, in milliseconds."""
    return LatencyStages.model_validate(dataclasses.asdict(latency))


def _metrics(latency: TurnLatency) -> TurnMetrics | None:
    spoken_after = (
        latency.llm_first_token_ms + latency.llm_first_clause_ms
        if latency.llm_first_token_ms is not None and latency.llm_first_clause_ms is not None
        else None
    )
    milliseconds = {
        "convai_asr_trailing_service_latency": latency.stt_ms,
        "convai_llm_service_ttfb": latency.llm_first_token_ms,
        "convai_llm_service_ttf_sentence": spoken_after,
        "convai_tts_service_ttfb": latency.tts_first_byte_ms,
    }
    metrics = {
        name: Elapsed(elapsed_time=value / 1000) for name, value in milliseconds.items() if value is not None
    }
    return TurnMetrics(metrics=metrics) if metrics else None


def _tool_call(call: ToolCallRecord) -> ToolCall:
    return ToolCall(request_id=call.request_id, tool_name=call.tool_name, params_as_json=json.dumps(call.params))


def _tool_result(call: ToolCallRecord) -> ToolResult:
    text = call.result if isinstance(call.result, str) else json.dumps(call.result)
    return ToolResult(
        request_id=call.request_id,
        tool_name=call.tool_name,
        result_value=text,
        result=_elevenlabs_result(call),
        is_error=call.is_error,
        tool_latency_secs=call.latency_ms / 1000,
    )


def _elevenlabs_result(call: ToolCallRecord) -> dict[str, JsonValue] | None:
    if call.tool_name != BuiltInTool.END_CALL or call.is_error:
        return None
    return {
        "result_type": "end_call_success",
        "status": "success",
        "reason": call.params.get("reason"),
        "message": call.params.get("message"),
    }


def _retrieval(retrieval: RetrievalRecord) -> Retrieval:
    return Retrieval(
        chunks=[
            RetrievedChunk(
                document_id=chunk.document_id,
                chunk_id=chunk.chunk_id,
                vector_distance=chunk.vector_distance,
                similarity=chunk.similarity,
            )
            for chunk in retrieval.chunks
        ],
        embedding_model=retrieval.embedding_model,
        retrieval_query=retrieval.query,
        rag_latency_secs=retrieval.latency_ms / 1000,
        timed_out=retrieval.timed_out,
        similarity=retrieval.similarity,
        answerable=retrieval.answerable,
    )


def _usage(turn: TurnRecord) -> LlmUsage | None:
    if turn.input_tokens is None and turn.output_tokens is None:
        return None
    tokens = ModelTokens(
        input=TokenCount(tokens=turn.input_tokens or 0),
        output_total=TokenCount(tokens=turn.output_tokens or 0),
    )
    return LlmUsage(model_usage={UNNAMED_MODEL: tokens})
