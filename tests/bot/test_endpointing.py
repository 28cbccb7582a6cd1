"""When the caller's turn is over: by the words, in pipecat's own aggregator, and never twice."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import pytest
from pipecat.frames.frames import (
    EagerEndOfTurnCancelFrame,
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
from bot.conversation import messages_of
from bot.endpointing import EndOfTurn
from bot.patience import PAUSE_SECONDS, Patience
from bot.speculation import NEVER, SpeculationHooks
from bot.turn_start import CallerSpeaks
from processors.frames import TranscriptSettledFrame
from tests.bot.turn_ends import NORMAL, end_of_turn
from tests.processors.bench import Bench, running

THRESHOLD = 0.35
COMPLETE = "How much is the premium plan?"
OPEN = "Tell me about the premium plan"


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

    async def interim(self, text: str) -> None:
        await self.bench.send(InterimTranscriptionFrame(text, "caller", "now"))

    async def begins(self, *texts: str) -> None:
        """Replies begun early so far, by what they answer."""
        await self.bench.wait_for(lambda: len(self.early) >= len(texts))
        assert self.early == list(texts)

    @property
    def early(self) -> list[str]:
        frames = [frame for frame in self.bench.got(LLMContextFrame) if frame.speculation]
        return [str(messages_of(frame.context)[-1].content) for frame in frames]

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
async def caller(
    threshold: float = THRESHOLD,
    *,
    patience: Patience = NORMAL,
    hooks: SpeculationHooks = NEVER,
    covered: bool = True,
) -> AsyncIterator[Turns]:
    context = LLMContext()
    strategy = end_of_turn(threshold, patience=patience, hooks=hooks, covered=covered)
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
        await turns.ends_within(NORMAL.complete - PAUSE_SECONDS, NORMAL.complete + 0.1)
        await turns.have_said(COMPLETE)
        await turns.does_not_end_for(0.3)
        assert len(turns.bench.got(LLMContextFrame)) == 1


async def test_a_complete_sentence_whose_final_comes_late_is_answered_at_once() -> None:
    async with caller() as turns:
        await turns.starts()
        await turns.pauses()
        await asyncio.sleep(NORMAL.complete)
        await turns.final(COMPLETE)
        await turns.ends_within(0, 0.05)


async def test_text_that_could_be_complete_gets_the_agents_threshold() -> None:
    async with caller() as turns:
        await turns.starts()
        await turns.pauses()
        await turns.final(OPEN)
        await turns.ends_within(THRESHOLD - PAUSE_SECONDS, THRESHOLD + 0.1)


@pytest.mark.parametrize("text", ["I would like a visit and", "five five five one"])
async def test_what_plainly_goes_on_is_waited_for(text: str) -> None:
    async with caller(patience=replace(NORMAL, dangling=0.7)) as turns:
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


ALWAYS = SpeculationHooks(may_begin=lambda: True, forget=lambda _generation: None, release=lambda: None)
ASKED = "how much is the premium plan?"


async def test_a_reply_is_begun_at_the_pause_on_words_that_are_not_settled() -> None:
    async with caller(hooks=ALWAYS) as turns:
        await turns.starts()
        await turns.interim(ASKED)
        await turns.does_not_end_for(0.05)
        assert turns.early == []  # they are still speaking
        await turns.pauses()
        await turns.begins(ASKED)
        await turns.final(COMPLETE)  # other case, same words
        await turns.ends_within(0.0, NORMAL.complete_while_answering)
        await turns.begins(ASKED)
        assert turns.bench.got(EagerEndOfTurnCancelFrame) == []
        frames = await turns.bench.until(LLMContextFrame, 2)
        assert [frame.speculation for frame in frames] == [True, False]


async def test_the_conversation_does_not_hold_what_was_only_guessed() -> None:
    async with caller(hooks=ALWAYS) as turns:
        await turns.starts()
        await turns.interim(ASKED)
        await turns.pauses()
        await turns.begins(ASKED)
        assert turns.context.messages == []
        await turns.final(COMPLETE)
        await turns.have_said(COMPLETE)
        assert [message.content for message in messages_of(turns.context)] == [COMPLETE]


async def test_who_is_being_answered_early_may_take_a_breath() -> None:
    async with caller(threshold=0.8, hooks=ALWAYS, covered=False) as turns:
        await turns.starts()
        await turns.pauses()
        await turns.final(COMPLETE)
        await turns.begins(COMPLETE)
        await turns.does_not_end_for(NORMAL.complete)
        await turns.starts()
        await turns.bench.until(EagerEndOfTurnCancelFrame)
        await turns.pauses()
        await turns.final("For a year?")
        await turns.begins(COMPLETE, f"{COMPLETE} For a year?")
        await turns.have_said(f"{COMPLETE} For a year?")


async def test_words_that_come_out_otherwise_are_answered_anew() -> None:
    async with caller(hooks=ALWAYS) as turns:
        await turns.starts()
        await turns.interim("how much is the plan?")
        await turns.pauses()
        await turns.begins("how much is the plan?")
        await turns.final(COMPLETE)
        await turns.begins("how much is the plan?", COMPLETE)
        assert len(turns.bench.got(EagerEndOfTurnCancelFrame)) == 1
        await turns.have_said(COMPLETE)


async def test_a_turn_of_which_nothing_is_ever_settled_leaves_no_reply_behind(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(endpointing, "WORDS_DEADLINE_SECONDS", 0.4)
    async with caller(hooks=ALWAYS) as turns:
        await turns.starts()
        await turns.interim(ASKED)
        await turns.pauses()
        await turns.begins(ASKED)
        await turns.bench.until(UserStoppedSpeakingFrame)
        await turns.bench.until(EagerEndOfTurnCancelFrame)
        assert turns.bench.got(LLMContextUserTurnFrame) == []


async def test_words_that_may_not_be_all_are_waited_for() -> None:
    async with caller(hooks=ALWAYS, covered=False) as turns:
        await turns.starts()
        await turns.interim(ASKED)
        await turns.pauses()
        await turns.does_not_end_for(0.1)
        assert turns.early == []
        await turns.final(COMPLETE)
        await turns.begins(COMPLETE)


async def test_after_words_that_could_be_complete_a_reply_is_begun_a_little_later() -> None:
    async with caller(hooks=ALWAYS) as turns:
        await turns.starts()
        await turns.pauses()
        await turns.final(OPEN)
        await turns.does_not_end_for(0.08)
        assert turns.early == []
        await turns.begins(OPEN)
        await turns.ends_within(NORMAL.breath, THRESHOLD + NORMAL.breath)


async def test_nothing_is_begun_after_what_plainly_goes_on() -> None:
    async with caller(hooks=ALWAYS, patience=replace(NORMAL, dangling=0.5)) as turns:
        await turns.starts()
        await turns.pauses()
        await turns.final("I would like a visit and")
        await turns.ends_within(0.3, 0.6)
        assert turns.early == []


async def test_somebody_who_asks_whether_anybody_is_there_is_answered_at_once() -> None:
    async with caller(patience=replace(NORMAL, complete=0.7)) as turns:
        await turns.starts()
        await turns.pauses()
        await turns.final("Hello?")
        await turns.ends_within(0.0, 0.05)
