"""What a chat looks like in the terminal."""

from rich.console import Console
from rich.text import Text

from bot.events import CallEvent, ToolFinished, TurnFinished
from data.records import Role

_YOU = "You"


class ChatScreen:
    """Prints a text call; a `Screen` for its replies, and an event sink for what happens beside them.

    Args:
        console: Where to.
        agent_name: Whose replies they are.
        echo: Repeat what was typed, because no terminal did.
    """

    def __init__(self, console: Console, agent_name: str, *, echo: bool) -> None:
        self._console = console
        self._agent_name = agent_name
        self._echo = echo
        self._in_reply = False

    def prompt(self) -> None:
        """Ask for a line."""
        if not self._echo:
            self._console.print(Text(f"{_YOU}: ", style="bold cyan"), end="")

    def typed(self, line: str) -> None:
        """A line came in."""
        if self._echo:
            self._console.print(Text.assemble((f"{_YOU}: ", "bold cyan"), line))

    def show(self, piece: str) -> None:
        """See `Screen.show`."""
        if self._in_reply:
            self._console.print(Text(f" {piece}"), end="", soft_wrap=True)
        else:
            self._in_reply = True
            self._console.print(
                Text.assemble((f"{self._agent_name}: ", "bold green"), piece), end="", soft_wrap=True
            )

    def end_reply(self) -> None:
        """See `Screen.end_reply`."""
        if self._in_reply:
            self._console.print()
        self._in_reply = False

    def emit(self, event: CallEvent) -> None:
        """Show what was looked up and done; see `EventSink`."""
        if isinstance(event, ToolFinished):
            outcome = (
                event.call.result if not isinstance(event.call.result, dict) else event.call.result.get("status")
            )
            self._aside(f"tool {event.call.tool_name}: {outcome}")
        elif (
            isinstance(event, TurnFinished) and event.turn.role is Role.AGENT and event.turn.retrieval is not None
        ):
            found = event.turn.retrieval
            nearest = f", nearest {found.chunks[0].vector_distance:.2f}" if found.chunks else ""
            self._aside(f"documents: {len(found.chunks)} passages{nearest}, {found.latency_ms:.0f} ms")

    def _aside(self, text: str) -> None:
        if self._in_reply:
            self._console.print()
            self._in_reply = False
        self._console.print(Text(f"  · {text}", style="dim"))
