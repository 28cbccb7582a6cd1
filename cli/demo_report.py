"""What the demo shows: with colours and lines on a terminal, plain text elsewhere."""

import textwrap
from collections.abc import Iterable, Sequence
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli.demo_checks import BOOKED, Check, Verdict
from cli.demo_latency import LatencyRow, middle
from cli.demo_transcript import BOOKING_TOOL, Conversation, Speaker, TurnBody
from cli.vendors import VendorLine, VendorState
from simulator.twilio.measures import CallMeasures

_WIDTH_ELSEWHERE = 110
_MARKS = {
    Verdict.PASSED: ("✓", "bold green"),
    Verdict.WARNED: ("!", "bold yellow"),
    Verdict.FAILED: ("✗", "bold red"),
}
_TRUSTED_LATENESS_MS = 10.0
_SAID_WIDTH = 34
_INDENT = 18
"""Width of the time and the name before what was said."""
_FIELDS = (
    ("STT", "stt_ms"),
    ("retrieval", "retrieval_ms"),
    ("LLM first\ntoken", "llm_first_token_ms"),
    ("TTS first\nbyte", "tts_first_byte_ms"),
    ("voice-to-\nvoice", "voice_to_voice_ms"),
)


def demo_console() -> Console:
    """A console for standard output."""
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=_WIDTH_ELSEWHERE)


class DemoReport:
    """Prints the parts of the demo, in the order in which they come.

    Args:
        console: Where to.
    """

    def __init__(self, console: Console) -> None:
        self._console = console

    def heading(self, text: str) -> None:
        """Begin a part."""
        self._console.print()
        self._console.print(Text(text, style="bold"))

    def vendors(self, lines: Iterable[VendorLine]) -> None:
        """Which vendors are real and which simulated."""
        self.heading("Who takes part")
        for line in lines:
            style = "green" if line.state is VendorState.REAL else "yellow"
            name = Text(f"  {line.name:<10}")
            self._console.print(Text.assemble(name, (f"{line.state.value:<11}", style), (line.detail, "dim")))

    def step(self, text: str) -> None:
        """Something is being done."""
        self._console.print(Text(f"  {text}", style="dim"))

    def caller_says(self, at_secs: float, text: str) -> None:
        """The caller begins to say this."""
        self._line(at_secs, "Caller", "bold cyan", text)

    def agent_said(self, at_secs: float, turn: TurnBody) -> None:
        """The agent was heard saying this."""
        for call in turn.tool_calls:
            outcome = ", ".join(turn.statuses(call.tool_name))
            self._line(at_secs, "", "dim", f"· {call.tool_name}: {outcome}", "dim")
        if turn.text:
            self._line(at_secs, "Agent", "bold green", turn.text + (" — interrupted" if turn.interrupted else ""))

    def call_ended(self, at_secs: float, how: str) -> None:
        """The call is over."""
        self._line(at_secs, "", "dim", f"The call ended ({how}).", "dim")

    def transcript(self, conversation: Conversation) -> None:
        """The stored conversation."""
        self.heading("The transcript, read back over REST")
        self.step(
            f"{conversation.conversation_id}: {conversation.status}, {conversation.end_reason}, "
            f"{conversation.duration_secs:.1f} s"
        )
        for turn in conversation.transcript:
            who = "Caller" if turn.role is Speaker.CALLER else "Agent"
            text = turn.text + (" [interrupted]" if turn.interrupted else "")
            begin = f"  {turn.position:>2}  {who:<7} "
            filled = textwrap.fill(
                text, self._console.width, initial_indent=begin, subsequent_indent=" " * len(begin)
            )
            self._console.print(Text(filled))

    def appointments(self, conversation: Conversation) -> None:
        """What was booked, as the tool calls of the transcript have it."""
        self.heading("Appointments booked")
        rows = [row for turn in conversation.transcript for row in turn.successes(BOOKING_TOOL, BOOKED)]
        for row in rows:
            self._console.print(Text("  " + ", ".join(f"{name} {value}" for name, value in row.items() if value)))
        if not rows:
            self.step("none")

    def latency(self, rows: Sequence[LatencyRow], measures: CallMeasures, *, with_overhead: bool) -> None:
        """Where each turn's time went."""
        self.heading("Latency of each reply, in milliseconds")
        table = Table(box=box.SIMPLE if self._console.is_terminal else None, pad_edge=False, padding=(0, 1))
        table.add_column("after the caller said", max_width=_SAID_WIDTH, no_wrap=True, overflow="ellipsis")
        headings = (
            [heading for heading, _ in _FIELDS] + (["overhead"] if with_overhead else []) + ["inter-\nruption"]
        )
        for heading in headings:
            table.add_column(heading, justify="right")
        for row in rows:
            table.add_row(row.said, *(_figure(value) for value in _values(row, with_overhead=with_overhead)))
        columns = list(zip(*(_values(row, with_overhead=with_overhead) for row in rows), strict=True))
        if columns:
            medians = [middle([value for value in column if value is not None]) for column in columns]
            table.add_row("median", *(_figure(value) for value in medians), style="bold")
        self._console.print(table)
        greeting = _figure(measures.greeting_ms)
        self.step(f"greeting {greeting} ms; the caller's own lateness {measures.lateness_p99_ms:.1f} ms at p99")
        if measures.lateness_p99_ms > _TRUSTED_LATENESS_MS:
            self.step("this machine is too busy for the figures to be trusted (lateness above 10 ms)")
        if with_overhead:
            self.step("overhead: voice-to-voice without the simulated vendors' configured times")

    def checks(self, checks: Sequence[Check]) -> None:
        """What of it really happened."""
        self.heading("What really happened")
        for check in checks:
            mark, style = _MARKS[check.verdict]
            self._console.print(Text.assemble((f"  {mark} ", style), check.name, (f": {check.detail}", "dim")))

    def files(self, folder: Path, recording: Path | None) -> None:
        """Where everything is."""
        self.heading("Files")
        if recording is not None:
            self.step(f"{recording}  (stereo: the caller left, the agent right)")
        self.step(f"{folder}  (database, documents, server.log)")

    def conclusion(self, passed: bool, seconds: float) -> None:
        """The last line."""
        self._console.print()
        verdict = ("The demo passed", "bold green") if passed else ("The demo FAILED", "bold red")
        self._console.print(Text.assemble(verdict, f" in {seconds:.0f} s."))

    def _line(self, at_secs: float, who: str, style: str, text: str, text_style: str = "") -> None:
        first, *more = textwrap.wrap(text, self._console.width - _INDENT) or [""]
        begin = Text.assemble((f"{at_secs:6.1f} s  ", "dim"), (f"{who:<8}", style), (first, text_style))
        self._console.print(begin)
        for line in more:
            self._console.print(Text(" " * _INDENT + line, style=text_style))


def _values(row: LatencyRow, *, with_overhead: bool) -> list[float | None]:
    figures: list[float | None] = [getattr(row.latency, field) for _, field in _FIELDS]
    return [*figures, *([row.overhead_ms] if with_overhead else []), row.interruption_ms]


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.0f}"
