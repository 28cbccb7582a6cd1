"""Hanging up."""

from bot.tools.end_call import EndCallTool
from tests.bot.calls import make_context


async def test_ends_the_call_after_its_message() -> None:
    tool = EndCallTool()
    result = await tool.run(tool.check({"reason": "done", "message": "Goodbye!"}, make_context()), make_context())
    assert (result.ends_call, result.say) == (True, "Goodbye!")


async def test_without_a_message_nothing_more_is_said() -> None:
    tool = EndCallTool()
    assert (await tool.run(tool.check({"reason": "done"}, make_context()), make_context())).say is None


async def test_a_call_without_arguments_ends_the_call_too() -> None:
    tool = EndCallTool()
    assert (await tool.run(tool.check({}, make_context()), make_context())).ends_call


def test_it_never_asks_and_never_runs_for_a_stale_generation() -> None:
    tool = EndCallTool()
    assert tool.is_write
    assert not tool.requires_confirmation
    assert tool.confirmation_question({}, make_context()) == ""
