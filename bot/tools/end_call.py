"""`end_call`: the agent hangs up, after its goodbye has been heard."""

from pydantic import Field, JsonValue

from bot.tools.arguments import ToolArguments, arguments_schema, parse_arguments
from bot.tools.tool import Arguments, ToolContext, ToolResult
from data.agent_config import BuiltInTool

DESCRIPTION = (
    "Ends the phone call. Use it when the caller says goodbye or has nothing more to ask. "
    "Never use it while a question is open."
)


class EndCallArguments(ToolArguments):
    """Arguments of `end_call`."""

    reason: str = Field("The conversation is over.", description="Why the call ends, in a few words.")
    message: str = Field("", description="The goodbye to say before hanging up; leave out if already said.")


class EndCallTool:
    """See the module; a `Tool`."""

    name = BuiltInTool.END_CALL.value
    is_write = True
    requires_confirmation = False

    def __init__(self, description: str = "") -> None:
        self.description = description or DESCRIPTION
        self.parameters = arguments_schema(EndCallArguments)

    def check(self, arguments: Arguments, context: ToolContext) -> dict[str, JsonValue]:
        """See `Tool.check`."""
        return parse_arguments(EndCallArguments, arguments).model_dump(mode="json")

    def confirmation_question(self, arguments: Arguments, context: ToolContext) -> str:
        """None: hanging up by mistake is prevented by running for current generations only."""
        return ""

    async def run(self, arguments: Arguments, context: ToolContext) -> ToolResult:
        """Ask for the end of the call; who runs the call ends it when the last word has been played."""
        wanted = EndCallArguments.model_validate(arguments)
        content: JsonValue = {"status": "ending", "reason": wanted.reason}
        return ToolResult(content, say=wanted.message or None, ends_call=True)
