"""The demo's latency table: where each turn's time went, and how much of it was the product's own."""

from collections.abc import Mapping
from dataclasses import dataclass

from cli.demo_transcript import Conversation, LatencyBody, LatencyReport, Speaker


@dataclass(frozen=True, slots=True)
class LatencyRow:
    """One reply, or an interruption.

    Attributes:
        said: What the caller said before, shortened.
        latency: The server's figures, in milliseconds.
        overhead_ms: Voice-to-voice without the vendors' own time; None where that is not known.
        interruption_ms: Onset to `clear`, where the caller's words interrupted the agent.
    """

    said: str
    latency: LatencyBody
    overhead_ms: float | None
    interruption_ms: float | None


def latency_rows(
    conversation: Conversation, report: LatencyReport, vendor_delays: Mapping[str, float] | None
) -> tuple[LatencyRow, ...]:
    """One row for each reply to the caller.

    Args:
        conversation: For the words.
        report: For the figures.
        vendor_delays: The simulated vendors' own times by field; None with real vendors, whose own times
            nobody knows.
    """
    texts = {turn.position: turn.text for turn in conversation.transcript}
    rows: list[LatencyRow] = []
    said, interruption = "", None
    for turn in report.turns:
        if turn.role is Speaker.CALLER:
            interruption = turn.interruption_ms
            continue
        said = _words_before(conversation, turn.position) or texts.get(turn.position, "")
        rows.append(LatencyRow(said, turn, _overhead(turn, vendor_delays), interruption))
        interruption = None
    return tuple(rows)


def middle(values: list[float]) -> float | None:
    """The median (the lower of two); None without values."""
    ordered = sorted(values)
    return ordered[(len(ordered) - 1) // 2] if ordered else None


def _words_before(conversation: Conversation, position: int) -> str:
    earlier = [t for t in conversation.transcript if t.role is Speaker.CALLER and t.position < position]
    return earlier[-1].text if earlier else ""


def _overhead(turn: LatencyBody, vendor_delays: Mapping[str, float] | None) -> float | None:
    """Voice-to-voice minus the configured time of each vendor that took part in the turn."""
    if vendor_delays is None or turn.voice_to_voice_ms is None:
        return None
    took_part = {
        "stt_ms": turn.stt_ms is not None,
        "llm_first_token_ms": turn.llm_first_token_ms is not None,
        "tts_first_byte_ms": turn.tts_first_byte_ms is not None,
    }
    return turn.voice_to_voice_ms - sum(delay for name, delay in vendor_delays.items() if took_part.get(name))
