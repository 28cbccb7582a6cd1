"""When the caller's turn is over: by the words, in pipecat's own aggregator, and never twice."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
from pipecat.frames.frames import (
    InterimTranscriptionFrame,
    LLMContextFrame,
    LLMContextUserTurnFrame,
    TranscriptionFrame,
    UserStoppedSpeakingFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import LLMUserAggregator, LLMUserAggregatorParams
from pipecat.turns.user_turn_strategies import UserTurnStrategies

from bot import endpointing
from bot.endpointing import LEAST_SILENCE_SECONDS, PAUSE_SECONDS, UNFINISHED_SECONDS, EndOfTurn, silence_wanted
from bot.turn_start import CallerSpeaks
from processors.frames import TranscriptSettledFrame
from tests.processors.bench import Bench, running

THRESHOLD = 0.35
COMPLETE = "How much is the premium plan?"
OPEN = "Tell me about the premium plan"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("How much is it?", LEAST_SILENCE_SECONDS),
        ("Yes.", LEAST_SILENCE_SECONDS),
        ('She said "no."', LEAST_SILENCE_SECONDS),
        ("Yes", 0.8),
        ("I would like to book a visit", 0.8),
        ("I would like to book a visit and", UNFINISHED_SECONDS),
        ("My name is.", UNFINISHED_SECONDS),
        ("It is for my", UNFINISHED_SECONDS),
        ("I need it because…", UNFINISHED_SECONDS),
        ("Well, um,", UNFINISHED_SECONDS),
        ("five five five", UNFINISHED_SECONDS),
        ("My number is 5 5 5, 1 2.", UNFINISHED_SECONDS),
        ("That is spelled S M I", UNFINISHED_SECONDS),
    ],
)
def test_the_words_say_how_long_to_wait(text: str, wanted: float) -> None:
    assert silence_wanted(text, 0.8) == wanted


def test_a_patient_agent_waits_no_less_for_what_is_unfinished_and_a_quick_one_no_more_for_the_complete() -> None:
    assert silence_wanted("and", 5.0) == 5.0
    assert silence_wanted("Yes.", 0.1) == 0.1


@dataclass
class Turns:
    """A caller before pipecat's user aggregator."""

    bench: Bench
    context: LLMContext
    strategy: EndOfTurn

    async def starts(self) -> None:
        await self.bench.send(VADUserStartedSpeakingFrame())

    async def pauses(self) -> None:
        await self.bench.send(VADUserStoppedSpeakingFrame())

    async def final(self, text: str, *, settles: bool = True) -> None:
        await self.bench.send(TranscriptionFrame(text, "caller", "now", finalized=settles))
        if settles:
            await self.settled()

    async def settled(self) -> None:
        await self.bench.send(TranscriptSettledFrame())

    async def have_said(self, *texts: str) -> None:
        """The turns so far; frames with words come behind those that only tell of the end."""
        frames = await self.bench.until(LLMContextUserTurnFrame, len(texts))
        assert [frame.text for frame in frames] == list(texts)

    async def ends_within(self, earliest: float, latest: float, count: int = 1) -> None:
        loop = asyncio.get_running_loop()
        began = loop.time()
        await self.bench.until(UserStoppedSpeakingFrame, count)
        took = loop.time() - began
        assert earliest - 0.02 <= took <= latest, took

    async def does_not_end_for(self, seconds: float) -> None:
        before = len(self.bench.got(UserStoppedSpeakingFrame))
        await asyncio.sleep(seconds)
        assert len(self.bench.got(UserStoppedSpeakingFrame)) == before


@asynccontextmanager
async def caller(threshold: float = THRESHOLD) -> AsyncIterator[Turns]:
    context, strategy = LLMContext(), EndOfTurn(threshold)
    aggregator = LLMUserAggregator(
        context,
        params=LLMUserAggregatorParams(
            user_turn_strategies=UserTurnStrategies(start=[CallerSpeaks(lambda: True)], stop=[strategy]),
            empty_user_turn=None,
        ),
    )
    async with running(aggregator) as bench:
        yield Turns(bench, context, strategy)


async def test_a_complete_sentence_is_answered_as_soon_as_its_pause_is_long_enough() -> None:
    async with caller() as turns:
        await turns.starts()
        await turns.pauses()
        await turns.final(COMPLETE)
        await turns.ends_within(LEAST_SILENCE_SECONDS - PAUSE_SECONDS, LEAST_SILENCE_SECONDS + 0.1)
        await turns.have_said(COMPLETE)
        await turns.does_not_end_for(0.3)
        assert len(turns.bench.got(LLMContextFrame)) == 1


async def test_a_complete_sentence_whose_final_comes_late_is_answered_at_once() -> None:
    async with caller() as turns:
        await turns.starts()
        await turns.pauses()
        await asyncio.sleep(LEAST_SILENCE_SECONDS)
        await turns.final(COMPLETE)
        await turns.ends_within(0, 0.05)


async def test_text_that_could_be_complete_gets_the_agents_threshold() -> None:
    async with caller() as turns:
        await turns.starts()
        await turns.pauses()
        await turns.final(OPEN)
        await turns.ends_within(THRESHOLD - PAUSE_SECONDS, THRESHOLD + 0.1)


@pytest.mark.parametrize("text", ["I would like a visit and", "five five five one"])
async def test_what_plainly_goes_on_is_waited_for(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpointing, "UNFINISHED_SECONDS", 0.7)
    async with caller() as turns:
        await turns.starts()
        await turns.pauses()
        await turns.final(text)
        await turns.ends_within(0.7 - PAUSE_SECONDS, 0.8)


async def test_a_final_that_does_not_settle_is_waited_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpointing, "SETTLE_DEADLINE_SECONDS", 0.6)
    async with caller() as turns:
        await turns.starts()
        await turns.final("How much is it?", settles=False)
        await turns.pauses()
        await turns.does_not_end_for(0.3)
        await turns.final("For a year?")
        await turns.ends_within(0, 0.1)
        await turns.have_said("How much is it? For a year?")


async def test_where_nothing_settles_the_deadline_ends_the_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpointing, "SETTLE_DEADLINE_SECONDS", 0.5)
    async with caller() as turns:
        await turns.starts()
        await turns.final(COMPLETE, settles=False)
        await turns.pauses()
        await turns.ends_within(0.5 - PAUSE_SECONDS, 0.6)
        await turns.have_said(COMPLETE)


async def test_words_that_are_not_settled_yet_are_given_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpointing, "SETTLE_DEADLINE_SECONDS", 0.3)
    monkeypatch.setattr(endpointing, "WORDS_DEADLINE_SECONDS", 0.8)
    async with caller() as turns:
        await turns.starts()
        await turns.pauses()
        await turns.bench.send(InterimTranscriptionFrame("How much", "caller", "now"))
        await turns.does_not_end_for(0.5)
        await turns.final(COMPLETE)
        await turns.ends_within(0, 0.1)
        await turns.have_said(COMPLETE)
        await turns.starts()
        await turns.pauses()
        await turns.ends_within(0.3 - PAUSE_SECONDS, 0.4, 2)  # the next turn has no words open


async def test_a_turn_that_is_settled_without_words_ends_and_asks_nothing_of_the_model() -> None:
    async with caller() as turns:
        await turns.starts()
        await turns.pauses()
        await turns.settled()
        await turns.ends_within(0, 0.1)
        assert turns.bench.got(LLMContextUserTurnFrame) == []
        assert turns.bench.got(LLMContextFrame) == []


async def test_who_goes_on_speaking_is_not_answered_in_between() -> None:
    async with caller() as turns:
        await turns.starts()
        await turns.pauses()
        await turns.final(OPEN)
        await asyncio.sleep(0.1)
        await turns.starts()
        await turns.does_not_end_for(THRESHOLD + 0.1)
        await turns.pauses()
        await turns.final("and its price.")
        await turns.ends_within(0, 0.25)
        await turns.have_said(f"{OPEN} and its price.")


async def test_an_answer_to_a_pause_that_is_over_does_not_end_the_turn() -> None:
    async with caller() as turns:
        await turns.starts()
        await turns.pauses()
        await turns.starts()
        await turns.final(COMPLETE)
        await turns.does_not_end_for(0.4)
        await turns.pauses()
        await turns.does_not_end_for(0.4)
        await turns.settled()
        await turns.ends_within(0, 0.2)
        await turns.have_said(COMPLETE)


async def test_a_late_final_does_not_open_a_new_turn_and_is_not_lost() -> None:
    async with caller() as turns:
        await turns.starts()
        await turns.pauses()
        await turns.final(COMPLETE)
        await turns.ends_within(0, 0.3)
        await turns.final("By the way.")
        await turns.does_not_end_for(0.3)
        assert len(turns.bench.got(LLMContextFrame)) == 1
        await turns.starts()
        await turns.pauses()
        await turns.final("Thank you.")
        await turns.ends_within(0, 0.3, 2)
        await turns.have_said(COMPLETE, "By the way. Thank you.")


async def test_each_turn_is_judged_by_its_own_words() -> None:
    async with caller() as turns:
        for count, text in enumerate(("Room five five.", "Six."), start=1):
            await turns.starts()
            await turns.pauses()
            await turns.final(text)
            await turns.ends_within(0, 0.3, count)  # together they would be a number being dictated
        await turns.have_said("Room five five.", "Six.")
