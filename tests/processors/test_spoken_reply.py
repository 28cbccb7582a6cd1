"""From the model's text to pieces for the voice."""

from pipecat.frames.frames import TextFrame

from processors.frames import ReplyEndFrame, ReplyTextFrame, SpeechChunkFrame, SpeechEndFrame
from processors.spoken_reply import SpokenReply
from tests.processors.bench import Bench, running


class Chunks:
    def __init__(self) -> None:
        self.told: list[tuple[int, str]] = []
        self.processor = SpokenReply(lambda generation, text: self.told.append((generation, text)))


def said(bench: Bench) -> list[tuple[int, str]]:
    return [(frame.generation, frame.text) for frame in bench.got(SpeechChunkFrame)]


async def test_a_reply_is_spoken_in_pieces_and_ended_after_the_last() -> None:
    chunks = Chunks()
    async with running(chunks.processor) as bench:
        for text in ("Sure, the **premium** ", "plan costs nineteen dollars. ", "Anything else"):
            await bench.send(ReplyTextFrame(1, text))
        await bench.send(ReplyEndFrame(1))
        await bench.until(SpeechEndFrame)
        assert (
            " ".join(text for _, text in said(bench))
            == "Sure, the premium plan costs nineteen dollars. Anything else"
        )
        assert len(said(bench)) > 1
        assert isinstance(bench.down[-1], SpeechEndFrame)
        assert bench.got(ReplyTextFrame) == []
    assert chunks.told == said(bench)


async def test_an_interruption_drops_what_was_not_yet_a_piece() -> None:
    chunks = Chunks()
    async with running(chunks.processor) as bench:
        await bench.send(ReplyTextFrame(1, "Well"), TextFrame("x"))
        await bench.until(TextFrame)
        await bench.interrupt()
        await bench.send(ReplyTextFrame(2, "Yes."), ReplyEndFrame(2))
        await bench.until(SpeechEndFrame)
        assert said(bench) == [(2, "Yes.")]


async def test_a_new_reply_begins_without_the_rest_of_the_one_before() -> None:
    chunks = Chunks()
    async with running(chunks.processor) as bench:
        await bench.send(ReplyTextFrame(1, "Well"), ReplyTextFrame(2, "Yes."), ReplyEndFrame(2))
        await bench.until(SpeechEndFrame)
        assert said(bench) == [(2, "Yes.")]


async def test_the_last_words_of_an_overtaken_reply_do_not_swallow_the_next_one() -> None:
    chunks = Chunks()
    async with running(chunks.processor) as bench:
        await bench.send(ReplyTextFrame(2, "Good"), ReplyTextFrame(1, "stale"), ReplyTextFrame(2, "bye"))
        await bench.send(ReplyEndFrame(1), ReplyEndFrame(2))
        ends = await bench.until(SpeechEndFrame)
        assert said(bench) == [(2, "Goodbye")]
        assert [end.generation for end in ends] == [2]
