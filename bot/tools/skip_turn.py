"""`skip_turn`: the caller wants a moment, and the agent waits in silence until they speak again."""

from collections.abc import Callable

from pydantic import Field, JsonValue

from bot.tools.arguments import ToolArguments, arguments_schema, parse_arguments
from bot.tools.tool import Arguments, ToolContext, ToolResult
from data.agent_config import BuiltInTool

DESCRIPTION = (
    "Stays silent until the caller speaks again. Use it when the caller asks for a moment, such as to look "
    "something up or to talk with somebody else. Say nothing else with it."
)


class SkipTurnArguments(ToolArguments):
    """Arguments of `skip_turn`."""

    reason: str = Field("The caller asked for a moment.", description="Why you wait, in a few words.")


class SkipTurnTool:
    """See the module; a `Tool`.

    Args:
        on_skip: Told that the caller is to be left alone.
        description: Replaces the built-in one; empty keeps it.
    """

    name = BuiltInTool.SKIP_TURN.value
    is_write = False
    requires_confirmation = False

    def __init__(self, on_skip: Callable[[], None], description: str = "") -> None:
        self._on_skip = on_skip
        self.description = description or DESCRIPTION
        self.parameters = arguments_schema(SkipTurnArguments)

    def check(self, arguments: Arguments, context: ToolContext) -> dict[str, JsonValue]:
        """See `Tool.check`."""
        return parse_arguments(SkipTurnArguments, arguments).model_dump(mode="json")

    def confirmation_question(self, arguments: Arguments, context: ToolContext) -> str:
        """None: waiting does no harm."""
        return ""

    async def run(self, arguments: Arguments, context: ToolContext) -> ToolResult:
        """Leave the caller alone."""
        wanted = SkipTurnArguments.model_validate(arguments)
        self._on_skip()
        return ToolResult({"status": "waiting", "reason": wanted.reason}, silent=True)
