"""Hints to retrieval from the transcripts that pass."""

from pipecat.frames.frames import (
    InterimTranscriptionFrame,
    LLMContextUserTurnFrame,
    TranscriptionFrame,
    UserStartedSpeakingFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)

from processors.retrieval_prefetch import RetrievalPrefetch
from processors.turn_retrieval import TurnRetrieval
from tests.processors.bench import running
from tests.processors.test_turn_retrieval import Documents


class Hinted(TurnRetrieval):
    """Remembers hints."""

    def __init__(self) -> None:
        super().__init__(Documents())
        self.hints: list[str] = []

    def hint(self, text: str) -> None:
        self.hints.append(text)


def final(text: str) -> TranscriptionFrame:
    return TranscriptionFrame(text, "caller", "now")


def interim(text: str) -> InterimTranscriptionFrame:
    return InterimTranscriptionFrame(text, "caller", "now")


def whole(_interim: InterimTranscriptionFrame) -> bool:
    return True


async def test_hints_are_the_turns_words_so_far_and_all_frames_pass() -> None:
    retrieval = Hinted()
    async with running(RetrievalPrefetch(retrieval, whole)) as bench:
        await bench.send(interim("how"), final("How much"), interim("is the"))
        await bench.until(InterimTranscriptionFrame, 2)
        await bench.send(VADUserStoppedSpeakingFrame())
        await bench.until(VADUserStoppedSpeakingFrame)
        await bench.send(final("is the plan?"))
        await bench.until(TranscriptionFrame, 2)
    assert retrieval.hints == ["How much is the", "How much is the plan?"]


async def test_nothing_is_searched_while_the_caller_speaks_on() -> None:
    retrieval = Hinted()
    async with running(RetrievalPrefetch(retrieval, whole)) as bench:
        await bench.send(VADUserStoppedSpeakingFrame(), VADUserStartedSpeakingFrame())
        await bench.until(VADUserStartedSpeakingFrame)
        await bench.send(interim("how much is"), interim("how much is the"))
        await bench.until(InterimTranscriptionFrame, 2)
    assert retrieval.hints == []


async def test_words_that_lack_the_last_one_are_not_searched_for() -> None:
    retrieval = Hinted()
    async with running(RetrievalPrefetch(retrieval, lambda frame: frame.text == "How much is it?")) as bench:
        await bench.send(interim("How much"), VADUserStoppedSpeakingFrame())
        await bench.until(VADUserStoppedSpeakingFrame)
        assert retrieval.hints == []
        await bench.send(interim("How much is it?"))
        await bench.until(InterimTranscriptionFrame, 2)
    assert retrieval.hints == ["How much is it?"]


async def test_a_new_turn_begins_with_no_words_whether_it_began_or_the_last_one_ended() -> None:
    retrieval = Hinted()
    async with running(RetrievalPrefetch(retrieval, whole)) as bench:
        await bench.send(VADUserStoppedSpeakingFrame())
        await bench.until(VADUserStoppedSpeakingFrame)
        await bench.send(final("one"))
        await bench.until(TranscriptionFrame)
        await bench.send_up(UserStartedSpeakingFrame())
        await bench.wait_for(lambda: len(bench.up) == 1)
        await bench.send(final("two"))
        await bench.until(TranscriptionFrame, 2)
        await bench.send_up(LLMContextUserTurnFrame(text="two", timestamp="now"))
        await bench.wait_for(lambda: len(bench.up) == 2)
        await bench.send(final("three"))
        await bench.until(TranscriptionFrame, 3)
    assert retrieval.hints == ["one", "two", "three"]
