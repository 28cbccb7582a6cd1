"""The conversation holds what was heard."""

from pipecat.frames.frames import TextFrame

from processors.frames import ReplyHeardFrame
from processors.heard_transcript import HeardTranscript
from tests.processors.bench import running
from tests.processors.values import context_of


async def test_what_was_heard_enters_the_conversation_and_is_then_reported() -> None:
    context = context_of(("user", "How much is it?"))
    remembered: list[tuple[int, str]] = []
    reported: list[tuple[int, int]] = []
    processor = HeardTranscript(
        context,
        lambda generation, text, _: remembered.append((generation, text)),
        lambda frame: reported.append((frame.generation, len(remembered))),
    )
    async with running(processor) as bench:
        await bench.send(ReplyHeardFrame(1, "It costs", "nineteen dollars.", True), TextFrame("x"))
        await bench.send(ReplyHeardFrame(2, "", "never begun", True), TextFrame("y"))
        await bench.until(TextFrame, 2)
        assert bench.got(ReplyHeardFrame) == []
    assert remembered == [(1, "It costs"), (2, "")]
    assert reported == [(1, 1), (2, 2)], "after it was remembered"
