import io
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from cli.demo_checks import judge
from cli.demo_latency import latency_rows
from cli.demo_report import DemoReport
from cli.demo_transcript import LatencyReport
from cli.vendors import VendorLine, VendorState
from tests.cli.demo_values import agent, good_conversation, good_evidence, good_measures, tool


def make_report() -> tuple[DemoReport, io.StringIO]:
    paper = io.StringIO()
    return DemoReport(Console(file=paper, width=100)), paper


def test_elsewhere_than_on_a_terminal_it_is_plain_text() -> None:
    report, paper = make_report()
    conversation = good_conversation()
    latency = LatencyReport.model_validate(
        {"turns": [{"position": 2, "role": "agent", "stt_ms": 290, "voice_to_voice_ms": 700.4}]}
    )
    report.vendors([VendorLine("Deepgram", VendorState.SIMULATED, "DEEPGRAM_API_KEY is not set")])
    report.caller_says(4.7, "How much? " * 20)
    report.agent_said(7.4, agent(1, "It is [booked]", interrupted=True, **tool("book_appointment", "booked")))
    report.call_ended(60.0, "ended by rest")
    report.transcript(conversation)
    report.appointments(conversation)
    rows = latency_rows(conversation, latency, {"stt_ms": 150.0})
    report.latency(rows, good_measures(), with_overhead=True)
    report.checks(judge(replace(good_evidence(), recording=None)))
    report.files(Path("var/demo/1"), Path("var/demo/1/call.wav"))
    report.conclusion(False, 75.0)
    text = paper.getvalue()
    assert "\x1b" not in text
    assert max(len(line) for line in text.splitlines()) <= 100
    for expected in (
        "Deepgram  simulated",
        "Caller  How much?",
        "· book_appointment: booked",
        "It is [booked] — interrupted",
        "completed, agent_ended, 60.0 s",
        "name Dana Smith, appointment_id appt_1",
        "550",
        "700",
        "✓ The agent greeted the caller",
        "✗ The recording holds both voices: there is no WAV file",
        "var/demo/1/call.wav",
        "The demo FAILED in 75 s.",
    ):
        assert expected in text, expected


def test_no_booking_is_said() -> None:
    report, paper = make_report()
    report.appointments(good_conversation([]))
    assert "none" in paper.getvalue()


def test_figures_of_a_busy_machine_are_not_to_be_trusted() -> None:
    report, paper = make_report()
    report.latency((), replace(good_measures(), lateness_p99_ms=25.0), with_overhead=False)
    assert "too busy" in paper.getvalue()
