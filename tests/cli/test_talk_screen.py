import io

import pytest
from rich.console import Console

from bot.events import CallEnded, SpeechHeard, ToolFinished, TurnFinished
from cli.talk_screen import TalkScreen
from data.records import CallOutcome, EndReason, Role, ToolCallRecord, TurnLatency, TurnRecord
from tests.data.values import NOW

OVER = CallOutcome(EndReason.AGENT_ENDED, NOW, 12.3)


def lines(*events: object, terminal: bool = False) -> list[str]:
    paper = io.StringIO()
    with TalkScreen(Console(file=paper, width=200, force_terminal=terminal), "Maya") as screen:
        for event in events:
            screen.emit(event)  # type: ignore[arg-type]
    return paper.getvalue().splitlines()


def test_a_turn_is_a_line_and_its_times_another() -> None:
    latency = TurnLatency(stt_ms=180.2, llm_first_token_ms=210, tts_first_byte_ms=150, voice_to_voice_ms=640.4)
    reply = TurnRecord(2, Role.AGENT, "It costs [nothing].", 3.0, latency=latency)
    assert lines(TurnFinished("conv", 0.0, reply)) == [
        "Maya: It costs [nothing].",
        "  · 640 ms (heard 180, first token 210, first sound 150)",
    ]


def test_an_interruption_is_shown_on_both_sides() -> None:
    cut = TurnRecord(1, Role.AGENT, "We have three", 1.0, interrupted=True)
    words = TurnRecord(2, Role.USER, "Sorry?", 2.0, latency=TurnLatency(interruption_ms=92.6))
    assert lines(TurnFinished("conv", 0.0, cut), TurnFinished("conv", 0.0, words)) == [
        "Maya: We have three — interrupted",
        "You: Sorry?",
        "  · the agent fell silent after 93 ms",
    ]


def test_a_tool_is_named_with_what_came_of_it() -> None:
    call = ToolCallRecord("call_1", "book_appointment", {}, {"status": "booked"}, False, 1.0)
    assert lines(ToolFinished("conv", 0.0, call)) == ["  · tool book_appointment: booked"]


def test_words_are_shown_as_they_come_and_final_ones_stay_until_the_turn_is_over() -> None:
    shown = "\n".join(
        lines(
            SpeechHeard("conv", 0.0, Role.USER, "What does", False),
            SpeechHeard("conv", 0.0, Role.USER, "What does it cost", True),
            SpeechHeard("conv", 0.0, Role.USER, "in all", False),
            terminal=True,
        )
    )
    for text in ("You: What does …", "You: What does it cost …", "You: What does it cost in all …"):
        assert text in shown


def test_the_end_says_why_and_where_it_can_be_read() -> None:
    paper = io.StringIO()
    screen = TalkScreen(Console(file=paper, width=200), "Maya")
    with pytest.raises(RuntimeError):
        screen.ended("conv_1")
    failed = CallOutcome(EndReason.ERROR, NOW, 3.0, "Deepgram refused the key.")
    screen.emit(CallEnded("conv_1", 0.0, failed))
    assert screen.ended("conv_1") is failed
    text = paper.getvalue()
    assert "Deepgram refused the key." in text
    assert "GET /v1/convai/conversations/conv_1" in text
