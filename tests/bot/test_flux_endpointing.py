"""When the caller's turn is over by Flux's word, in pipecat's own aggregator, and never twice."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from pipecat.frames.frames import (
    EagerEndOfTurnCancelFrame,
    Frame,
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

from bot import flux_endpointing
from bot.conversation import messages_of
from bot.flux_endpointing import FluxEndOfTurn
from bot.generations import Generations
from bot.speculation import Speculation, SpeculationHooks
from bot.turn_ledger import TurnLedger
from bot.turn_start import CallerSpeaks
from processors.frames import TranscriptSettledFrame, TurnEndLikelyFrame
from tests.processors.bench import Bench, running

WISH = "Tell me about the premium plan"
LONGEST = 0.2
ALWAYS = SpeculationHooks(may_begin=lambda: True, forget=lambda _generation: None, release=lambda: None)


class Caller:
    """A caller before pipecat's user aggregator, with Flux's words for them."""

    def __init__(self) -> None:
        self.bench: Bench | None = None
        self.forced = asyncio.Event()
        self._waited = 0
        ledger = TurnLedger("conv_1", lambda _event: None, asyncio.get_running_loop().time)
        self.strategy = FluxEndOfTurn(LONGEST, Speculation(Generations(), ledger, ALWAYS), self.forced.set)

    async def _send(self, frame: Frame) -> None:
        assert self.bench is not None
        await self.bench.send(frame)

    async def _send_and_wait(self, frame: Frame) -> None:
        """What the caller does next is a system frame and would overtake this one."""
        assert self.bench is not None
        await self.bench.send(frame, TranscriptSettledFrame())
        self._waited += 1
        await self.bench.until(TranscriptSettledFrame, self._waited)

    async def speaks(self, text: str = "") -> None:
        """A sound begins; Flux has words in it."""
        await self._send(VADUserStartedSpeakingFrame())
        if text:
            await self.has_words(text)

    async def has_words(self, text: str) -> None:
        await self._send_and_wait(InterimTranscriptionFrame(text, "caller", "now"))

    async def pauses(self) -> None:
        await self._send(VADUserStoppedSpeakingFrame())

    async def has_likely_ended(self, text: str | None) -> None:
        await self._send_and_wait(TurnEndLikelyFrame(text))

    async def has_ended(self, text: str) -> None:
        await self._send_and_wait(TranscriptionFrame(text, "caller", "now", finalized=True))

    @property
    def early(self) -> list[str]:
        """Replies begun early so far, by what they answer."""
        assert self.bench is not None
        frames = [frame for frame in self.bench.got(LLMContextFrame) if frame.speculation]
        return [str(messages_of(frame.context)[-1].content) for frame in frames]

    async def begins(self, *texts: str) -> None:
        assert self.bench is not None
        await self.bench.wait_for(lambda: len(self.early) >= len(texts))
        assert self.early == list(texts)

    async def withdrawn(self, count: int = 1) -> None:
        assert self.bench is not None
        await self.bench.until(EagerEndOfTurnCancelFrame, count)

    async def have_said(self, *texts: str) -> None:
        assert self.bench is not None
        frames = await self.bench.until(LLMContextUserTurnFrame, len(texts))
        assert [frame.text for frame in frames] == list(texts)

    @property
    def ends(self) -> int:
        assert self.bench is not None
        return len(self.bench.got(UserStoppedSpeakingFrame))

    async def until_end(self) -> None:
        assert self.bench is not None
        await self.bench.until(UserStoppedSpeakingFrame)


@asynccontextmanager
async def a_caller() -> AsyncIterator[Caller]:
    caller = Caller()
    strategies = UserTurnStrategies(start=[CallerSpeaks(lambda: True)], stop=[caller.strategy])
    params = LLMUserAggregatorParams(user_turn_strategies=strategies, empty_user_turn=None)
    async with running(LLMUserAggregator(LLMContext(), params=params)) as bench:
        caller.bench = bench
        yield caller


async def test_the_turn_ends_with_fluxs_end() -> None:
    async with a_caller() as caller:
        await caller.speaks(WISH)
        await caller.pauses()
        assert caller.ends == 0
        await caller.has_ended(WISH)
        await caller.have_said(WISH)
        await asyncio.sleep(LONGEST + flux_endpointing.OVERDUE_SECONDS)
        assert caller.ends == 1
        assert not caller.forced.is_set()


async def test_a_likely_end_begins_a_reply_that_the_end_leaves_alone() -> None:
    async with a_caller() as caller:
        await caller.speaks(WISH)
        await caller.pauses()
        await caller.has_likely_ended(WISH)
        await caller.begins(WISH)
        await caller.has_ended(WISH)
        await caller.have_said(WISH)
        assert caller.bench is not None
        assert caller.bench.got(EagerEndOfTurnCancelFrame) == []
        assert len(caller.early) == 1


async def test_a_turn_that_resumes_takes_the_reply_back() -> None:
    async with a_caller() as caller:
        await caller.speaks(WISH)
        await caller.pauses()
        await caller.has_likely_ended(WISH)
        await caller.begins(WISH)
        await caller.has_likely_ended(None)
        await caller.withdrawn()
        await caller.has_words(f"{WISH} and the basic one")
        await caller.has_likely_ended(f"{WISH} and the basic one")
        await caller.begins(WISH, f"{WISH} and the basic one")
        await caller.has_ended(f"{WISH} and the basic one")
        await caller.have_said(f"{WISH} and the basic one")


async def test_other_words_take_the_reply_back_though_nothing_was_said_to_resume() -> None:
    async with a_caller() as caller:
        await caller.speaks(WISH)
        await caller.pauses()
        await caller.has_likely_ended(WISH)
        await caller.begins(WISH)
        await caller.has_words("Tell me about")
        await caller.withdrawn()


async def test_a_sound_takes_the_reply_back_and_the_pause_after_it_begins_it_again() -> None:
    async with a_caller() as caller:
        await caller.speaks(WISH)
        await caller.pauses()
        await caller.has_likely_ended(WISH)
        await caller.begins(WISH)
        await caller.speaks()
        await caller.withdrawn()
        await caller.pauses()
        await caller.begins(WISH, WISH)


async def test_a_likely_end_while_the_caller_is_heard_waits_for_the_pause() -> None:
    async with a_caller() as caller:
        await caller.speaks(WISH)
        await caller.has_likely_ended(WISH)
        await caller.has_words(WISH)
        assert caller.early == []
        await caller.pauses()
        await caller.begins(WISH)


async def test_an_end_while_the_caller_is_heard_waits_for_what_they_say() -> None:
    async with a_caller() as caller:
        await caller.speaks(WISH)
        await caller.pauses()
        await caller.speaks()
        await caller.has_ended(WISH)
        await caller.has_words("And the basic one?")
        assert caller.ends == 0
        await caller.pauses()
        await caller.has_ended("And the basic one?")
        await caller.have_said(f"{WISH} And the basic one?")


async def test_a_noise_after_an_end_delays_it_for_a_moment_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flux_endpointing, "OWN_START_SECONDS", -1.0)
    async with a_caller() as caller:
        await caller.has_ended(WISH)  # of a turn that was over without words
        await caller.speaks()
        await caller.pauses()
        assert caller.ends == 0
        await caller.have_said(WISH)


async def test_words_that_took_the_word_themselves_are_answered_at_once() -> None:
    async with a_caller() as caller:
        await caller.has_ended("Stop.")
        await caller.speaks()
        began = asyncio.get_running_loop().time()
        await caller.pauses()
        await caller.have_said("Stop.")
        assert asyncio.get_running_loop().time() - began < flux_endpointing.LATE_WORDS_SECONDS - 0.1


async def test_a_noise_ends_as_a_turn_without_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flux_endpointing, "WORDLESS_SECONDS", 0.2)
    async with a_caller() as caller:
        await caller.speaks()
        await caller.pauses()
        await caller.until_end()
        assert caller.bench is not None
        assert caller.bench.got(LLMContextFrame) == []
        assert not caller.forced.is_set()


async def test_an_end_that_is_overdue_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flux_endpointing, "OVERDUE_SECONDS", 0.1)
    async with a_caller() as caller:
        await caller.speaks("I would like a flat and")
        await caller.pauses()
        async with asyncio.timeout(3):
            await caller.forced.wait()
        assert caller.ends == 0
        await caller.has_ended("I would like a flat and")
        await caller.have_said("I would like a flat and")
