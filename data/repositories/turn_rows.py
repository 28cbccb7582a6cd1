"""Turns and tool calls, between their rows and their values."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime

from pydantic import JsonValue, TypeAdapter

from data.models import ToolCallRow, TurnRow
from data.records import RetrievalRecord, Role, ToolCallRecord, TurnLatency, TurnRecord

_LATENCY = TypeAdapter(TurnLatency)
_RETRIEVAL = TypeAdapter(RetrievalRecord)
_SPEAKER = {Role.USER: "User", Role.AGENT: "Agent"}


def turn_values(workspace_id: str, conversation_id: str, turn: TurnRecord, at: datetime) -> dict[str, object]:
    """The columns of a turn's row, without its tool calls."""
    return {
        "conversation_id": conversation_id,
        "position": turn.position,
        "workspace_id": workspace_id,
        "role": turn.role,
        "message": turn.message,
        "time_in_call_secs": turn.time_in_call_secs,
        "interrupted": turn.interrupted,
        "confidence": turn.confidence,
        "latency": asdict(turn.latency) if turn.latency else None,
        "retrieval": asdict(turn.retrieval) if turn.retrieval else None,
        "input_tokens": turn.input_tokens,
        "output_tokens": turn.output_tokens,
        "created_at": at,
    }


def tool_call_values(workspace_id: str, conversation_id: str, turn: TurnRecord) -> list[dict[str, object]]:
    """The columns of the rows of a turn's tool calls."""
    return [
        {
            "conversation_id": conversation_id,
            "turn_position": turn.position,
            "position": position,
            "workspace_id": workspace_id,
            "request_id": call.request_id,
            "tool_name": call.tool_name,
            "params": call.params,
            "result": call.result,
            "is_error": call.is_error,
            "latency_ms": call.latency_ms,
        }
        for position, call in enumerate(turn.tool_calls)
    ]


def turn_records(turns: Iterable[TurnRow], calls: Iterable[ToolCallRow]) -> tuple[TurnRecord, ...]:
    """The values of a conversation's rows, both in order."""
    by_turn: dict[int, list[ToolCallRecord]] = {}
    for call in calls:
        by_turn.setdefault(call.turn_position, []).append(_tool_call(call))
    return tuple(_turn(row, tuple(by_turn.get(row.position, ()))) for row in turns)


def flat_transcript(turns: Iterable[tuple[str, str]]) -> str:
    """A conversation as text, one line `User: …` or `Agent: …` for each turn.

    Args:
        turns: Role and message, in order. Line breaks within a message become spaces; a turn in which nothing
            was said has no line.
    """
    lines = ((role, " ".join(message.split())) for role, message in turns)
    return "\n".join(f"{_SPEAKER[Role(role)]}: {message}" for role, message in lines if message)


def _turn(row: TurnRow, calls: tuple[ToolCallRecord, ...]) -> TurnRecord:
    return TurnRecord(
        position=row.position,
        role=Role(row.role),
        message=row.message,
        time_in_call_secs=row.time_in_call_secs,
        interrupted=row.interrupted,
        confidence=row.confidence,
        latency=None if row.latency is None else _LATENCY.validate_python(row.latency),
        retrieval=None if row.retrieval is None else _RETRIEVAL.validate_python(row.retrieval),
        tool_calls=calls,
        input_tokens=row.input_tokens,
        output_tokens=row.output_tokens,
    )


def _tool_call(row: ToolCallRow) -> ToolCallRecord:
    params: dict[str, JsonValue] = row.params
    return ToolCallRecord(row.request_id, row.tool_name, params, row.result, row.is_error, row.latency_ms)
