"""Sounds that should not stop the agent: did they, or break it off for a moment."""

import asyncio
from collections.abc import Callable, Mapping, Sequence

from bench.environment import Environment
from bench.latency import Progress
from bench.turns.disturbances import BACKCHANNELS, Disturbance, disturbances
from bench.turns.hearing import KnownReply, audible_ms, goes_on, longest_gap_ms
from bench.turns.known_replies import hear_replies, peaceful_question, teach
from bench.turns.noise_report import Effect, NoiseOutcome
from bench.turns.replies import TOPIC_COUNT
from bench.turns.speech import LINE_NOISE_DBFS, VOICES, Speech
from bench.turns.turn_call import TurnCall
from bench.turns.turn_report import TurnOptions
from bench.turns.turn_runner import TurnPlan, TurnResults, plan_calls, run_calls
from simulator.twilio.errors import WaitTimeoutError
from simulator.twilio.mulaw import SAMPLE_RATE
from simulator.twilio.speech import PreparedSpeech

_JUDGED_SECONDS = 1.2
"""Speech after a sound by which it is judged: a reply that is resumed is resumed within 700 ms."""
_LAST_SECONDS = 1.1
_SPARE_SECONDS = 5.5
"""Of a reply that is left when no further sound is made in it: its end is no proof of anything."""
_THINKING_SECONDS = 1.0
_KNOWN_SECONDS = 0.7
_MOST_QUESTIONS = 3

Prepared = Mapping[tuple[int, int], PreparedSpeech]


class NoiseBench:
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
        self._questions: dict[tuple[int, float | None], PreparedSpeech] = {}
        self._sounds: Prepared = {}
        self._done = 0

    async def run(self) -> TurnResults[NoiseOutcome]:
        """Make all sounds."""
        plans = plan_calls(disturbances(self._options.cases), self._options.a_call, LINE_NOISE_DBFS)
        questions = [peaceful_question(topic) for topic in range(TOPIC_COUNT)]
        # Nobody has to understand what the television says.
        understood = [Speech((words,), voice, 0.0) for words in BACKCHANNELS for voice in VOICES]
        await teach(self._environment, [*questions, *understood], {})
        self._sounds = await asyncio.to_thread(_prepare, plans)
        self._questions = {
            # The noise of a line does not cease when somebody speaks.
            (topic, noise): speech.prepare(noise)
            for topic, speech in enumerate(questions)
            for noise in LINE_NOISE_DBFS
        }
        self._progress("sounds", 0, self._options.cases)
        if not self._replies:
            self._replies = await hear_replies(self._environment, None)
        return await run_calls(self._environment, plans, self._options.callers, self._talk)

    async def _talk(
        self, call: TurnCall, plan: TurnPlan[Disturbance], report: Callable[[NoiseOutcome], None]
    ) -> None:
        topic, began = plan.index % TOPIC_COUNT, None
        for number, case in enumerate(plan.cases):
            if began is not None and self._is_ending(call, topic, began):
                began = None
            if began is None:
                topic = (topic + 1) % TOPIC_COUNT
                began = await self._ask(call, topic, plan.noise_dbfs)
            await call.hear_some(case.after_ms / 1000)
            outcome = await self._disturb(call, plan, number, self._replies[topic])
            report(outcome)
            self._done += 1
            self._progress("sounds", self._done, self._options.cases)
            if outcome.effect is Effect.FALSE_STOP:
                began = None

    async def _ask(self, call: TurnCall, topic: int, noise_dbfs: float | None) -> float:
        """Ask for a long reply until it is the one that is heard; returns where in the recording it begins."""
        for _ in range(_MOST_QUESTIONS):
            if await call.hear_some(0.1, silent_secs=_THINKING_SECONDS):
                await call.hear_out()
            await call.say(self._questions[topic, noise_dbfs])
            began = call.position_secs
            await call.hear_some(_KNOWN_SECONDS)
            if await asyncio.to_thread(goes_on, call.heard_since(began), self._replies[topic]):
                return began
        raise WaitTimeoutError(f"the agent did not tell about topic {topic}, asked {_MOST_QUESTIONS} times")

    def _is_ending(self, call: TurnCall, topic: int, began: float) -> bool:
        heard = audible_ms(call.heard_since(began))
        return not call.agent_is_speaking or heard > self._replies[topic].audible_ms - _SPARE_SECONDS * 1000

    async def _disturb(
        self, call: TurnCall, plan: TurnPlan[Disturbance], number: int, reply: KnownReply
    ) -> NoiseOutcome:
        case, sound = plan.cases[number], self._sounds[plan.index, number]
        position, clears = call.position_secs, call.clears
        await call.say(sound)
        await call.hear_some(_JUDGED_SECONDS)
        heard = call.heard_since(position)
        was_cleared = call.clears > clears
        effect, gap_ms = await asyncio.to_thread(judge, heard, reply, was_cleared=was_cleared)
        return NoiseOutcome(
            kind=case.kind.value,
            sound=case.text,
            level_dbfs=case.level_dbfs,
            noise_dbfs=plan.noise_dbfs,
            seconds=round(sound.duration_secs, 2),
            effect=effect,
            gap_ms=gap_ms,
        )


def judge(heard: bytes, reply: KnownReply, *, was_cleared: bool) -> tuple[Effect, float | None]:
    """Say what a sound did; blocking.

    Args:
        heard: What was heard of the agent from the sound on, until it had been speaking for a while or was silent.
        reply: The reply as it sounds undisturbed.
        was_cleared: What was waiting to be played was taken back.
    """
    # Of a reply that was not taken back everything counts: its last second may be mostly a breath.
    last = heard[-round(SAMPLE_RATE * _LAST_SECONDS) :] if was_cleared else heard
    if not goes_on(last, reply):
        return Effect.FALSE_STOP, None
    if was_cleared:
        return Effect.FALSE_PAUSE, longest_gap_ms(heard)
    return Effect.NONE, None


def _prepare(plans: Sequence[TurnPlan[Disturbance]]) -> Prepared:
    return {
        (plan.index, number): case.prepare(plan.noise_dbfs)
        for plan in plans
        for number, case in enumerate(plan.cases)
    }
