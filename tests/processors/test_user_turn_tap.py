"""Finished turns of the caller, reported once."""

from pipecat.frames.frames import LLMContextUserTurnFrame, TextFrame

from processors.user_turn_tap import UserTurnTap
from tests.processors.bench import running


async def test_turns_are_reported_on_their_way_down_only() -> None:
    turns: list[str] = []
    async with running(UserTurnTap(turns.append)) as bench:
        await bench.send(LLMContextUserTurnFrame(text="How much is it?", timestamp="now"), TextFrame("x"))
        await bench.send_up(LLMContextUserTurnFrame(text="not again", timestamp="now"))
        await bench.until(TextFrame)
        await bench.wait_for(lambda: len(bench.up) == 1)
        assert len(bench.got(LLMContextUserTurnFrame)) == 1
    assert turns == ["How much is it?"]
