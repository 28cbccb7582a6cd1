"""Many callers at once, each calling again and again."""

import asyncio
import gc
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bench.call_plan import VOICE, CallPlan, prepare_speeches, replies_of, texts_of
from bench.environment import Environment
from bench.talking_call import OnUtterance, TalkedCall, TalkingCall
from simulator.twilio.caller import Caller, CallerOptions
from simulator.twilio.speech import PreparedSpeech

_BETWEEN_CALLS_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Load:
    """A number of callers, and what each of them will say.

    Attributes:
        lanes: One per caller: the calls that it makes, one after the other.
        stagger_seconds: Between the first calls of two callers.
    """

    lanes: tuple[tuple[CallPlan, ...], ...]
    stagger_seconds: float = 0.4

    @property
    def plans(self) -> tuple[CallPlan, ...]:
        """Every call."""
        return tuple(plan for lane in self.lanes for plan in lane)

    @property
    def utterance_count(self) -> int:
        """Everything that will be said, the goodbyes included."""
        return sum(len(plan.utterances) for plan in self.plans)


def spread_over_callers(plans: Sequence[CallPlan], callers: int, *, stagger_seconds: float = 0.4) -> Load:
    """Deal out calls to callers, in turn."""
    return Load(tuple(tuple(plans[lane::callers]) for lane in range(callers)), stagger_seconds)


class LoadRunner:
    """Runs loads against one server; speech that was prepared once is kept.

    Args:
        environment: The server, and the network to call it over.
    """

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._speeches: dict[str, PreparedSpeech] = {}

    async def prepare(self, plans: Sequence[CallPlan]) -> None:
        """Speak everything in advance, and tell the recogniser of it.

        Raises:
            httpx.HTTPError: The recogniser did not take it.
        """
        new = tuple(text for text in texts_of(plans) if text not in self._speeches)
        if new:
            if self._environment.is_stock:
                await self._environment.script(replies_of(plans))
            await self._environment.register(new, VOICE)
            self._speeches.update(await prepare_speeches(new))

    async def run(self, load: Load, on_utterance: OnUtterance) -> list[TalkedCall]:
        """Make all calls; returns them in the order of their plans. `prepare` must have been called."""
        # What lives until the end is not looked at again: a full collection would make every caller late.
        gc.collect()
        gc.freeze()
        try:
            lanes = [
                asyncio.create_task(self._lane(number, load, on_utterance), name=f"lane:{number}")
                for number in range(len(load.lanes))
            ]
            try:
                calls = [call for lane in await asyncio.gather(*lanes) for call in lane]
            finally:
                for lane in lanes:
                    lane.cancel()
        finally:
            gc.unfreeze()
        return sorted(calls, key=lambda call: call.plan.index)

    async def _lane(self, number: int, load: Load, on_utterance: OnUtterance) -> list[TalkedCall]:
        await asyncio.sleep(number * load.stagger_seconds)
        calls = []
        for plan in load.lanes[number]:
            calls.append(await self._call(plan, self._speeches, on_utterance))
            await asyncio.sleep(_BETWEEN_CALLS_SECONDS)
        return calls

    async def _call(
        self, plan: CallPlan, speeches: Mapping[str, PreparedSpeech], on_utterance: OnUtterance
    ) -> TalkedCall:
        environment = self._environment
        options = CallerOptions(
            voice_url=f"{environment.public_url}/voice/incoming",
            to_number=environment.number,
            from_number=f"+1415555{plan.index:04d}",
            record=False,
        )
        return await TalkingCall(Caller(environment.twilio, options), plan, speeches, on_utterance).run()
