"""Many callers at once, each following its plan call by call, for every measurement of turn-taking."""

import asyncio
import gc
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from bench.environment import Environment
from bench.turns.turn_call import TurnCall
from simulator.twilio.caller import Caller, CallerOptions
from simulator.twilio.errors import CallOverError, WaitTimeoutError
from simulator.twilio.faults import CallerFaults
from simulator.twilio.lateness import Lateness

Case = TypeVar("Case")
Outcome = TypeVar("Outcome")

_STAGGER_SECONDS = 0.4
_BETWEEN_CALLS_SECONDS = 0.3


@dataclass(frozen=True, slots=True)
class TurnPlan(Generic[Case]):
    """One call.

    Attributes:
        index: 0 for the first of a run.
        cases: What is tried in it, in order.
        noise_dbfs: Of the line.
    """

    index: int
    cases: tuple[Case, ...]
    noise_dbfs: float | None = None


Talk = Callable[[TurnCall, TurnPlan[Case], Callable[[Outcome], None]], Awaitable[None]]
"""Follows a plan in a call that has begun, and reports an outcome for every case that it could try."""


@dataclass(slots=True)
class TurnResults(Generic[Outcome]):
    """What came of some calls.

    Attributes:
        calls: That were made.
        faults: What went wrong in them, in words.
    """

    outcomes: list[Outcome]
    lateness: Lateness
    calls: int = 0
    faults: tuple[str, ...] = ()


def plan_calls(cases: Sequence[Case], a_call: int, noises: Sequence[float | None]) -> list[TurnPlan[Case]]:
    """Deal out cases to calls, and lines to these."""
    starts = range(0, len(cases), a_call)
    return [
        TurnPlan(index, tuple(cases[start : start + a_call]), noises[index % len(noises)])
        for index, start in enumerate(starts)
    ]


async def run_calls(
    environment: Environment, plans: Sequence[TurnPlan[Case]], callers: int, talk: Talk[Case, Outcome]
) -> TurnResults[Outcome]:
    """Make all calls, so many at once; what goes wrong in one is noted, and does not stop the others."""
    results: TurnResults[Outcome] = TurnResults([], Lateness())
    # What lives until the end is not looked at again: a full collection would make every caller late.
    gc.collect()
    gc.freeze()
    try:
        async with asyncio.TaskGroup() as lanes:
            for lane in range(min(callers, len(plans))):
                lanes.create_task(
                    _lane(environment, lane, plans[lane::callers], talk, results), name=f"lane:{lane}"
                )
    finally:
        gc.unfreeze()
    return results


async def _lane(
    environment: Environment,
    lane: int,
    plans: Sequence[TurnPlan[Case]],
    talk: Talk[Case, Outcome],
    results: TurnResults[Outcome],
) -> None:
    await asyncio.sleep(lane * _STAGGER_SECONDS)
    for plan in plans:
        call = TurnCall(_caller(environment, lane, plan.noise_dbfs))
        try:
            await call.begin()
            await talk(call, plan, results.outcomes.append)
        except (CallOverError, WaitTimeoutError) as error:
            results.faults += (f"call {plan.index}: {error.message}",)
        finally:
            results.calls += 1
            await call.hang_up()
        results.lateness.merge(call.lateness)
        await asyncio.sleep(_BETWEEN_CALLS_SECONDS)


def _caller(environment: Environment, lane: int, noise_dbfs: float | None) -> Caller:
    faults = CallerFaults(noise_dbfs=noise_dbfs)
    options = CallerOptions(
        voice_url=f"{environment.public_url}/voice/incoming",
        to_number=environment.number,
        from_number=f"+1415555{lane:04d}",
        faults=faults,
    )
    return Caller(environment.twilio, options)
