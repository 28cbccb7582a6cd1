"""Latency and cost under load: what callers wait for, and what it costs the server, at some numbers of calls.

Every figure is taken outside the server, at the other end of the media stream, in the words of the design.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bench.call_figures import latency_row
from bench.call_plan import CallPlan, plan_call
from bench.environment import Environment
from bench.latency_report import LatencyOptions, LatencyRow
from bench.load import LoadRunner, spread_over_callers
from bench.load_cost import LoadCost, watch_load
from bench.process_usage import ProcessUsage, idle_cores
from bench.stored_call import StoredCall, StoredCalls
from bench.talking_call import TalkedCall

Progress = Callable[[str, int, int], None]
"""Called with what is measured, how many steps of it are done, and how many there will be."""

_SETTLE_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class MadeCalls:
    """What came of some calls.

    Attributes:
        talked: As the callers saw them, in the order of their plans.
        stored: The same calls, as the server stored them; None for the stock bot, which keeps nothing.
        cost: Of the stretch in which they ran.
    """

    talked: list[TalkedCall]
    stored: list[StoredCall] | None
    cost: LoadCost


class LatencyBench:
    """Measures one server.

    Args:
        environment: The server, and the network to call it over.
        options: How.
        progress: Told how it goes.
    """

    def __init__(self, environment: Environment, options: LatencyOptions, progress: Progress) -> None:
        self._environment = environment
        self._options = options
        self._progress = progress
        self._runner = LoadRunner(environment)
        self._usage = ProcessUsage(environment.server_pid) if environment.server_pid is not None else None

    async def run(self) -> tuple[float | None, tuple[LatencyRow, ...]]:
        """Measure; returns the cores that the idle server needs, and a row for every number of calls."""
        plans = self._plans()
        await self._runner.prepare([plan for row in plans for plan in row])
        idle = await self.warm_up()
        rows = []
        for at_once, of_row in zip(self._options.calls, plans, strict=True):
            rows.append(await self.measure(at_once, of_row, idle or 0.0))
        return idle, tuple(rows)

    async def warm_up(self) -> float | None:
        """Make one call outside the figures; returns the cores that the server needs when it is idle again.

        First uses (models, pools, code paths) are no steady state.
        """
        plans = [plan_call(0, 1, interruption=False, hangs_up=self._environment.is_stock)]
        await self._runner.prepare(plans)
        await self._runner.run(spread_over_callers(plans, 1), lambda: None)
        await asyncio.sleep(_SETTLE_SECONDS)
        return await idle_cores(self._usage, self._options.idle_seconds) if self._usage is not None else None

    async def measure(self, at_once: int, plans: Sequence[CallPlan], idle: float) -> LatencyRow:
        """Make these calls, so many at once; returns their row.

        Args:
            at_once: How many callers there are.
            plans: All their calls.
            idle: Cores that the server needs without a call.
        """
        made = await self.make_calls(f"{at_once} calls", at_once, plans)
        delays = self._environment.delays
        return latency_row(at_once, made.talked, made.stored, made.cost, idle_cores=idle, delays=delays)

    async def make_calls(self, what: str, at_once: int, plans: Sequence[CallPlan]) -> MadeCalls:
        """Make these calls, and read back what the server stored of them.

        Args:
            what: They are for, as it is shown meanwhile.
            at_once: How many callers there are.
            plans: All their calls.
        """
        await self._runner.prepare(plans)
        load = spread_over_callers(plans, at_once, stagger_seconds=self._options.stagger_seconds)
        done = 0

        def count() -> None:
            nonlocal done
            done += 1
            self._progress(what, done, load.utterance_count)

        self._progress(what, 0, load.utterance_count)
        async with watch_load(self._usage) as cost:
            calls = await self._runner.run(load, count)
        return MadeCalls(calls, await self._stored(calls), cost)

    def _plans(self) -> list[list[CallPlan]]:
        """The calls of every row; no row repeats another's questions, which the server would remember."""
        options, index = self._options, 1
        plans = []
        for at_once in options.calls:
            count = options.call_count(at_once)
            numbers, hangs_up = range(index, index + count), self._environment.is_stock
            plans.append([plan_call(number, options.questions, hangs_up=hangs_up) for number in numbers])
            index += count
        return plans

    async def _stored(self, calls: Sequence[TalkedCall]) -> list[StoredCall] | None:
        """What the server knows of the calls; None for the stock bot, which keeps nothing."""
        if self._environment.is_stock:
            return None
        async with StoredCalls(self._environment) as storage:
            return [await storage.read(call.call_sid) for call in calls]
