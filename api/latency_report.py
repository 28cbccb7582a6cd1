"""Where the time of one call went: its measured turns, and each stage's percentiles over them."""

import dataclasses
import math
from collections.abc import Sequence

from api.schemas.latency import LatencyReport, LatencySummary, Percentiles, TurnLatencyItem
from data.records import ConversationRecord, TurnLatency


def latency_report(record: ConversationRecord) -> LatencyReport:
    """The report of a conversation that was read with its turns; turns without a measurement are left out."""
    measured = [(turn, turn.latency) for turn in record.turns if turn.latency is not None]
    latencies = [latency for _, latency in measured]
    return LatencyReport(
        conversation_id=record.conversation_id,
        call_sid=record.call_sid,
        turns=[
            TurnLatencyItem.model_validate(
                {
                    **dataclasses.asdict(latency),
                    "position": turn.position,
                    "role": turn.role.value,
                    "time_in_call_secs": turn.time_in_call_secs,
                    "interrupted": turn.interrupted,
                }
            )
            for turn, latency in measured
        ],
        summary=LatencySummary.model_validate(
            {field.name: _stage(field.name, latencies) for field in dataclasses.fields(TurnLatency)}
        ),
    )


def nearest_rank(ordered: Sequence[float], percent: float) -> float:
    """The smallest of some sorted values that at least `percent` of them do not exceed."""
    rank = math.ceil(percent / 100 * len(ordered))
    return ordered[max(rank, 1) - 1]


def _stage(name: str, latencies: Sequence[TurnLatency]) -> Percentiles | None:
    values: list[float | None] = [getattr(latency, name) for latency in latencies]
    ordered = sorted(value for value in values if value is not None)
    if not ordered:
        return None
    return Percentiles(
        count=len(ordered),
        p50=nearest_rank(ordered, 50),
        p95=nearest_rank(ordered, 95),
        p99=nearest_rank(ordered, 99),
    )
