"""What a spoken conversation looks like in the terminal: words as they are recognised, turns with their times."""

from types import TracebackType

from rich.console import Console
from rich.live import Live
from rich.text import Text

from bot.events import CallEnded, CallEvent, SpeechHeard, ToolFinished, TurnFinished
from data.records import CallOutcome, Role, TurnLatency, TurnRecord

_YOU = "You"
_STAGES = (
    ("stt_ms", "heard"),
    ("retrieval_ms", "looked up"),
    ("llm_first_token_ms", "first token"),
    ("llm_first_clause_ms", "first clause"),
    ("tts_first_byte_ms", "first sound"),
)


class TalkScreen:
    """Prints a spoken call; an event sink and a context in which the screen's last line is its own.

    Args:
        console: Where to.
        agent_name: Whose replies they are.
    """

    def __init__(self, console: Console, agent_name: str) -> None:
        self._console = console
        self._agent_name = agent_name
        self._live = Live(console=console, auto_refresh=False, transient=True)
        self._settled = ""
        self._outcome: CallOutcome | None = None

    def __enter__(self) -> "TalkScreen":
        """Take the last line."""
        self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give it back."""
        self._live.stop()

    def emit(self, event: CallEvent) -> None:
        """Show what happened; see `EventSink`."""
        if isinstance(event, SpeechHeard) and event.role is Role.USER:
            self._hear(event.text, final=event.final)
        elif isinstance(event, SpeechHeard):
            self._now(f"{self._agent_name}: {event.text}")
        elif isinstance(event, TurnFinished):
            self._finish(event.turn)
        elif isinstance(event, ToolFinished):
            result = event.call.result
            outcome = result.get("status") if isinstance(result, dict) else result
            self._aside(f"tool {event.call.tool_name}: {outcome}")
        elif isinstance(event, CallEnded):
            self._outcome = event.outcome

    def ended(self, conversation_id: str) -> CallOutcome:
        """Say how the call ended and where it can be read; only after it has."""
        if self._outcome is None:
            raise RuntimeError("the call has not ended")
        outcome = self._outcome
        self._now("")
        if outcome.error:
            self._console.print(Text(outcome.error, style="red"))
        self._aside(
            f"{outcome.reason.describe()} {outcome.duration_secs:.0f} s, stored as {conversation_id} "
            f"(GET /v1/convai/conversations/{conversation_id})",
            indent="",
        )
        return outcome

    def _hear(self, text: str, *, final: bool) -> None:
        self._now(f"{_YOU}: {self._settled} {text} …".replace(":  ", ": "))
        if final:
            self._settled = f"{self._settled} {text}".strip()

    def _finish(self, turn: TurnRecord) -> None:
        self._now("")
        if turn.role is Role.USER:
            self._settled = ""
        name, style = (_YOU, "bold cyan") if turn.role is Role.USER else (self._agent_name, "bold green")
        if turn.message:
            cut = Text(" — interrupted", style="yellow") if turn.interrupted else Text("")
            self._console.print(Text.assemble((f"{name}: ", style), turn.message, cut), soft_wrap=True)
        if turn.latency is not None:
            self._aside(_times(turn.latency))

    def _now(self, text: str) -> None:
        self._live.update(Text(text, style="dim", overflow="ellipsis", no_wrap=True), refresh=True)

    def _aside(self, text: str, indent: str = "  · ") -> None:
        if text:
            self._console.print(Text(f"{indent}{text}", style="dim"), soft_wrap=True)


def _times(latency: TurnLatency) -> str:
    if latency.interruption_ms is not None:
        return f"the agent fell silent after {latency.interruption_ms:.0f} ms"
    if latency.voice_to_voice_ms is None:
        return ""
    stages = [
        f"{name} {value:.0f}" for key, name in _STAGES if isinstance(value := getattr(latency, key), float | int)
    ]
    return f"{latency.voice_to_voice_ms:.0f} ms ({', '.join(stages)})"
