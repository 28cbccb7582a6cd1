"""The long replies as they sound undisturbed, so that they can be known again by their sound."""

import asyncio
from collections.abc import Callable, Mapping

from bench.environment import Environment
from bench.turns.hearing import KnownReply
from bench.turns.replies import TOPIC_COUNT, dictated_replies, topic_question
from bench.turns.speech import VOICES, Speech, words_by_voice
from bench.turns.turn_call import TurnCall
from bench.turns.turn_runner import TurnPlan, TurnResults, run_calls
from config.errors import ConfigurationError

QUESTION_DBFS = -18.0
"""How loud the questions in peace are."""


def peaceful_question(topic: int, voice: str = VOICES[0]) -> Speech:
    """Ask for a long reply."""
    return Speech((topic_question(topic),), voice, QUESTION_DBFS)


async def teach(environment: Environment, speeches: list[Speech], replies: Mapping[str, str]) -> None:
    """Tell the recogniser what will be said, and the model what to say.

    Raises:
        httpx.HTTPError: They were not told.
    """
    await environment.script({**dictated_replies(), **replies})
    for voice, words in words_by_voice(speeches).items():
        await environment.register(words, voice)


async def hear_replies(environment: Environment, seconds: float | None) -> Mapping[int, KnownReply]:
    """Ask for every long reply once, each in a call of its own; this is the measurement's warm-up, too.

    Args:
        environment: Taught already.
        seconds: How much of a reply; None for all.

    Returns:
        The replies by topic.

    Raises:
        ConfigurationError: One of them was not to be heard: there is nothing to measure.
    """
    questions = {topic: peaceful_question(topic).prepare() for topic in range(TOPIC_COUNT)}
    heard: dict[int, KnownReply] = {}

    async def ask(call: TurnCall, plan: TurnPlan[int], _report: Callable[[int], None]) -> None:
        [topic] = plan.cases
        await call.say(questions[topic])
        position = call.position_secs
        if seconds is None:
            await call.hear_out()
        else:
            await call.hear_some(seconds)
        heard[topic] = await asyncio.to_thread(KnownReply, call.heard_since(position))

    plans = [TurnPlan(topic, (topic,)) for topic in range(TOPIC_COUNT)]
    results: TurnResults[int] = await run_calls(environment, plans, TOPIC_COUNT, ask)
    if len(heard) < TOPIC_COUNT:
        raise ConfigurationError(f"The server does not answer calls as it should: {'; '.join(results.faults)}.")
    return heard
