"""Beginning of the caller's turn: an interruption only where one is allowed."""

import pytest
from pipecat.frames.frames import (
    InterruptionFrame,
    TranscriptionFrame,
    UserStartedSpeakingFrame,
    VADUserStartedSpeakingFrame,
)
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import LLMUserAggregator, LLMUserAggregatorParams
from pipecat.turns.user_turn_strategies import UserTurnStrategies

from bot.turn_start import CallerSpeaks
from processors.frames import TranscriptSettledFrame
from tests.bot.turn_ends import end_of_turn
from tests.processors.bench import running


def aggregator(*, may_interrupt: bool) -> LLMUserAggregator:
    strategies = UserTurnStrategies(start=[CallerSpeaks(lambda: may_interrupt)], stop=[end_of_turn(0.8)])
    params = LLMUserAggregatorParams(user_turn_strategies=strategies, empty_user_turn=None)
    return LLMUserAggregator(LLMContext(), params=params)


@pytest.mark.parametrize("may_interrupt", [True, False])
async def test_speech_begins_a_turn_once_and_interrupts_where_it_may(may_interrupt: bool) -> None:
    async with running(aggregator(may_interrupt=may_interrupt)) as bench:
        await bench.send(VADUserStartedSpeakingFrame(), VADUserStartedSpeakingFrame())
        await bench.until(VADUserStartedSpeakingFrame, 2)
        assert len(await bench.until(UserStartedSpeakingFrame)) == 1
        assert len(bench.got(InterruptionFrame)) == int(may_interrupt)


async def test_words_alone_begin_no_turn() -> None:
    async with running(aggregator(may_interrupt=True)) as bench:
        await bench.send(TranscriptionFrame("hello", "caller", "now"), TranscriptSettledFrame())
        await bench.until(TranscriptSettledFrame)
        assert bench.got(UserStartedSpeakingFrame) == []
