"""Callers who pause before they are done: were they cut short, and how long did they wait when they were done."""

import asyncio
from collections.abc import Callable, Mapping, Sequence

from bench.environment import Environment
from bench.latency import Progress
from bench.turns.hesitations import Hesitation, dictated_replies, hesitations, understood
from bench.turns.known_replies import teach
from bench.turns.pauses_report import PauseOutcome
from bench.turns.speech import LINE_NOISE_DBFS
from bench.turns.turn_call import TurnCall
from bench.turns.turn_report import TurnOptions
from bench.turns.turn_runner import TurnPlan, TurnResults, plan_calls, run_calls
from simulator.twilio.errors import WaitTimeoutError
from simulator.twilio.speech import PreparedSpeech

_REPLY_OVER_SECONDS = 0.8

Prepared = Mapping[tuple[int, int], PreparedSpeech]


class PausesBench:
    """Measures one server.

    Args:
        environment: The server, and the network to call it over.
        options: How.
        progress: Told how it goes.
    """

    def __init__(self, environment: Environment, options: TurnOptions, progress: Progress) -> None:
        self._environment = environment
        self._options = options
        self._progress = progress
        self._speeches: Prepared = {}
        self._done = 0

    async def run(self) -> TurnResults[PauseOutcome]:
        """Take all turns."""
        cases = hesitations(self._options.cases)
        plans = plan_calls(cases, self._options.a_call, LINE_NOISE_DBFS)
        await teach(self._environment, understood(cases), dictated_replies())
        self._speeches = await asyncio.to_thread(_prepare, plans)
        self._progress("turns", 0, self._options.cases)
        return await run_calls(self._environment, plans, self._options.callers, self._talk)

    async def _talk(
        self, call: TurnCall, plan: TurnPlan[Hesitation], report: Callable[[PauseOutcome], None]
    ) -> None:
        for number, case in enumerate(plan.cases):
            said = await call.say(self._speeches[plan.index, number])
            answered = True
            try:
                await call.hear_out(silence_secs=_REPLY_OVER_SECONDS)
            except WaitTimeoutError:
                answered = False
            turn = call.measures(said)
            report(
                PauseOutcome(
                    kind=case.kind.value,
                    text=case.speech.text,
                    voice=case.speech.voice,
                    level_dbfs=case.speech.level_dbfs,
                    noise_dbfs=plan.noise_dbfs,
                    pause_ms=case.pause_ms,
                    cut_short=turn.premature_reply,
                    answered=answered,
                    reply_ms=None if turn.premature_reply else turn.voice_to_voice_ms,
                )
            )
            self._done += 1
            self._progress("turns", self._done, self._options.cases)


def _prepare(plans: Sequence[TurnPlan[Hesitation]]) -> Prepared:
    return {
        (plan.index, number): case.speech.prepare(plan.noise_dbfs)
        for plan in plans
        for number, case in enumerate(plan.cases)
    }
