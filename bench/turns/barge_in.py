"""Interruptions of long replies: were they acted on, and how quickly."""

import asyncio
from collections.abc import Callable, Mapping, Sequence

from bench.environment import Environment
from bench.latency import Progress
from bench.turns.barge_in_report import BargeInOutcome
from bench.turns.hearing import KnownReply, goes_on
from bench.turns.interruptions import Interruption, interruptions
from bench.turns.known_replies import hear_replies, peaceful_question, teach
from bench.turns.replies import TOPIC_COUNT
from bench.turns.speech import LINE_NOISE_DBFS
from bench.turns.turn_call import TurnCall
from bench.turns.turn_report import TurnOptions
from bench.turns.turn_runner import TurnPlan, TurnResults, plan_calls, run_calls
from simulator.twilio.speech import PreparedSpeech

_KNOWN_SECONDS = 9.0
"""Interruptions come in the first three seconds of a reply; what is known of it goes well beyond."""
_JUDGED_SECONDS = 0.9

Prepared = Mapping[tuple[int, int], PreparedSpeech]
"""Speech by number of the call and of the case."""


class BargeInBench:
    """Measures one server.

    Args:
        environment: The server, and the network to call it over.
        options: How.
        progress: Told how it goes.
        known: The long replies by topic, as they sound undisturbed; None hears them first.
    """

    def __init__(
        self,
        environment: Environment,
        options: TurnOptions,
        progress: Progress,
        known: Mapping[int, KnownReply] | None = None,
    ) -> None:
        self._environment = environment
        self._options = options
        self._progress = progress
        self._replies = known or {}
        self._questions: dict[int, PreparedSpeech] = {}
        self._speeches: Prepared = {}
        self._done = 0

    async def run(self) -> TurnResults[BargeInOutcome]:
        """Try all interruptions."""
        cases = interruptions(self._options.cases)
        plans = plan_calls(cases, self._options.a_call, LINE_NOISE_DBFS)
        questions = [peaceful_question(topic) for topic in range(TOPIC_COUNT)]
        await teach(self._environment, [*questions, *(case.speech for case in cases)], {})
        self._speeches = await asyncio.to_thread(_prepare, plans)
        self._questions = {topic: speech.prepare() for topic, speech in enumerate(questions)}
        self._progress("interruptions", 0, self._options.cases)
        if not self._replies:
            self._replies = await hear_replies(self._environment, _KNOWN_SECONDS)
        return await run_calls(self._environment, plans, self._options.callers, self._talk)

    async def _talk(
        self, call: TurnCall, plan: TurnPlan[Interruption], report: Callable[[BargeInOutcome], None]
    ) -> None:
        topic: int | None = None
        for number, case in enumerate(plan.cases):
            if topic is None or not await call.hear_some(case.after_ms / 1000):
                # Nothing to interrupt: ask for something else than the interruption will.
                topic = ((case.topic or 0) + 1) % TOPIC_COUNT
                await call.say(self._questions[topic])
                await call.hear_some(case.after_ms / 1000)
            outcome = await self._interrupt(call, plan, number, topic)
            report(outcome)
            self._done += 1
            self._progress("interruptions", self._done, self._options.cases)
            if outcome.acted_on:
                topic = case.topic
            if topic is None and call.agent_is_speaking:
                await call.hear_out()

    async def _interrupt(
        self, call: TurnCall, plan: TurnPlan[Interruption], number: int, topic: int
    ) -> BargeInOutcome:
        case = plan.cases[number]
        said = await call.say(self._speeches[plan.index, number])
        position = call.position_secs
        spoke = await call.hear_some(_JUDGED_SECONDS)
        heard = call.heard_since(position)
        old, new = self._replies[topic], self._replies[case.topic] if case.topic is not None else None
        went_on = await asyncio.to_thread(goes_on, heard, old, new)
        answered = spoke and (new is None or await asyncio.to_thread(goes_on, heard, new))
        measures = call.measures(said)
        return BargeInOutcome(
            text=case.speech.text,
            voice=case.speech.voice,
            level_dbfs=case.speech.level_dbfs,
            noise_dbfs=plan.noise_dbfs,
            acted_on=measures.clear_at is not None and not went_on,
            answered=answered,
            spoken_into=measures.premature_reply,
            clear_ms=measures.interruption_ms,
            yield_ms=measures.yield_ms,
        )


def _prepare(plans: Sequence[TurnPlan[Interruption]]) -> Prepared:
    return {
        (plan.index, number): case.speech.prepare(plan.noise_dbfs)
        for plan in plans
        for number, case in enumerate(plan.cases)
    }
