"""Pieces of a reply that is not wanted yet: the first is made, the rest waits."""

from pipecat.frames.frames import EagerEndOfTurnCancelFrame, TextFrame

from processors.frames import ReplyConfirmedFrame, SpeechChunkFrame, SpeechEndFrame
from processors.held_speech import HeldSpeech
from tests.processors.bench import Bench, running


class Numbers:
    """Replies of which a test says what may become of them."""

    def __init__(self) -> None:
        self.held: set[int] = set()
        self.stale: set[int] = set()

    def is_held(self, generation: int) -> bool:
        return generation in self.held

    def is_current(self, generation: int) -> bool:
        return generation not in self.stale


class Desk:
    def __init__(self, *held: int) -> None:
        self.numbers = Numbers()
        self.numbers.held |= set(held)
        self.told: list[tuple[int, str]] = []
        self.processor = HeldSpeech(self.numbers, lambda generation, text: self.told.append((generation, text)))


def pieces(bench: Bench) -> list[str]:
    return [frame.text for frame in bench.got(SpeechChunkFrame)]


async def speak(bench: Bench, generation: int, *texts: str) -> None:
    for text in texts:
        await bench.send(SpeechChunkFrame(generation, text))
    await bench.send(SpeechEndFrame(generation), TextFrame("so far"))
    await bench.until(TextFrame, len(bench.got(TextFrame)) + 1)


async def test_a_reply_that_is_not_held_passes_as_it_comes() -> None:
    desk = Desk()
    async with running(desk.processor) as bench:
        await speak(bench, 1, "Sure,", "it is nine.")
        assert pieces(bench) == ["Sure,", "it is nine."]
        assert desk.told == [(1, "Sure,"), (1, "it is nine.")]
        assert len(bench.got(SpeechEndFrame)) == 1


async def test_of_a_held_reply_only_the_first_piece_goes_to_the_voice_until_it_is_confirmed() -> None:
    desk = Desk(1)
    async with running(desk.processor) as bench:
        await speak(bench, 1, "Sure,", "it is nine.")
        assert pieces(bench) == ["Sure,"]
        assert desk.told == []
        desk.numbers.held.clear()
        await bench.send(SpeechChunkFrame(1, "Anything else?"))  # on its way before
        await bench.send(ReplyConfirmedFrame(1))
        await bench.until(SpeechEndFrame)
        await bench.until(SpeechChunkFrame, 3)
        assert pieces(bench) == ["Sure,", "it is nine.", "Anything else?"]
        assert [text for _, text in desk.told] == pieces(bench)
        await speak(bench, 1, "More.")
        assert pieces(bench)[-1] == "More."
        assert bench.got(ReplyConfirmedFrame) == []


async def test_a_reply_that_is_confirmed_before_its_first_piece_passes_as_it_comes() -> None:
    desk = Desk(1)
    async with running(desk.processor) as bench:
        desk.numbers.held.clear()
        await bench.send(ReplyConfirmedFrame(1))
        await speak(bench, 1, "Sure.")
        assert (pieces(bench), desk.told) == (["Sure."], [(1, "Sure.")])


async def test_a_dropped_reply_leaves_nothing() -> None:
    desk = Desk(1)
    async with running(desk.processor) as bench:
        await speak(bench, 1, "Sure,", "it is nine.")
        await bench.send(EagerEndOfTurnCancelFrame())
        await bench.until(EagerEndOfTurnCancelFrame)
        desk.numbers.held.clear()
        desk.numbers.stale.add(1)
        await bench.send(SpeechChunkFrame(1, "It was on its way."))
        await speak(bench, 2, "Yes.")
        assert pieces(bench) == ["Sure,", "Yes."]
        assert desk.told == [(2, "Yes.")]
        assert [frame.generation for frame in bench.got(SpeechEndFrame)] == [2]
