"""A moment of silence."""

from bot.tools.skip_turn import SkipTurnTool
from tests.bot.calls import make_context


async def test_the_caller_is_left_alone_and_nothing_more_is_said() -> None:
    skipped: list[bool] = []
    tool = SkipTurnTool(lambda: skipped.append(True))
    result = await tool.run(tool.check({}, make_context()), make_context())
    assert result.silent
    assert result.say is None
    assert skipped == [True]


async def test_it_can_be_used_again_and_again() -> None:
    tool = SkipTurnTool(lambda: None)
    assert not tool.is_write, "a write is done once for the same arguments"
    assert tool.confirmation_question({}, make_context()) == ""
