"""Which tools an agent has."""

from collections.abc import Callable, Iterable

from bot.chat_model import ToolSchema
from bot.tools.appointment_book import AppointmentBook
from bot.tools.book_appointment import BookAppointmentTool
from bot.tools.end_call import EndCallTool
from bot.tools.skip_turn import SkipTurnTool
from bot.tools.tool import Tool
from data.agent_config import AgentSettings, BuiltInTool


class ToolRegistry:
    """The tools of one call, by name.

    Raises:
        ValueError: Two tools share a name.
    """

    def __init__(self, tools: Iterable[Tool]) -> None:
        self._tools: dict[str, Tool] = {}
        for tool in tools:
            if tool.name in self._tools:
                raise ValueError(f"two tools are called {tool.name}")
            self._tools[tool.name] = tool

    @property
    def names(self) -> tuple[str, ...]:
        """All names, in the order the model sees them."""
        return tuple(self._tools)

    def find(self, name: str) -> Tool | None:
        """The tool called `name`, if the agent has it."""
        return self._tools.get(name)

    def schemas(self) -> tuple[ToolSchema, ...]:
        """What the model is told."""
        return tuple(ToolSchema(tool.name, tool.description, tool.parameters) for tool in self._tools.values())


def built_in_tools(
    settings: AgentSettings,
    book: AppointmentBook,
    render: Callable[[str], str] = str,
    on_skip: Callable[[], None] = lambda: None,
) -> ToolRegistry:
    """The built-in tools that `settings` switches on.

    Args:
        settings: The agent's.
        book: Where appointments go.
        render: Fills `{{variables}}` of the descriptions (`DynamicVariables.render`).
        on_skip: Told that the caller wants a moment.
    """
    tools: list[Tool] = []
    # In the order of the enum, whatever order the settings came in: the same agent, the same prompt prefix.
    for kind in BuiltInTool:
        options = settings.built_in_tools.get(kind)
        if options is None:
            continue
        description = render(options.description)
        match kind:
            case BuiltInTool.END_CALL:
                tools.append(EndCallTool(description))
            case BuiltInTool.BOOK_APPOINTMENT:
                tools.append(BookAppointmentTool(book, description))
            case BuiltInTool.SKIP_TURN:
                tools.append(SkipTurnTool(on_skip, description))
    return ToolRegistry(tools)
