"""Memory: what a call costs while it runs, and whether anything stays when calls are over."""

import asyncio

from bench.call_plan import CallPlan, plan_call, plan_short_call
from bench.environment import Environment
from bench.latency import Progress
from bench.load import LoadRunner, spread_over_callers
from bench.memory_report import Batch, MemoryOptions
from bench.process_usage import ProcessUsage, watch_peak
from bench.talking_call import TalkedCall
from config.errors import ConfigurationError

_AFTER_A_CALL_SECONDS = 0.3


class MemoryBench:
    """Measures one server.

    Args:
        environment: The server, and the network to call it over.
        options: How.
        progress: Told how it goes.

    Attributes:
        faults: What went wrong in calls.

    Raises:
        ConfigurationError: The server's process is unknown.
    """

    def __init__(self, environment: Environment, options: MemoryOptions, progress: Progress) -> None:
        if environment.server_pid is None:
            raise ConfigurationError("Memory is measured at the server's process: name it with --server-pid.")
        self.faults: list[str] = []
        self._usage = ProcessUsage(environment.server_pid)
        self._options = options
        self._progress = progress
        self._runner = LoadRunner(environment)

    async def run(self) -> tuple[float, tuple[float, ...], tuple[Batch, ...]]:
        """Measure; returns MiB before any call, after each sequential call, and of each batch."""
        options = self._options
        short = [plan_short_call(index) for index in range(options.sequential)]
        batches = [
            [
                plan_call(options.sequential + batch * options.concurrent + number, options.questions)
                for number in range(options.concurrent)
            ]
            for batch in range(options.batches)
        ]
        await self._runner.prepare([*short, *(plan for batch in batches for plan in batch)])
        ready = self._usage.rss_mib()
        sequential = [await self._one(number, plan) for number, plan in enumerate(short, start=1)]
        measured = [await self._batch(number, batch) for number, batch in enumerate(batches, start=1)]
        return round(ready, 1), tuple(sequential), tuple(measured)

    async def _one(self, number: int, plan: CallPlan) -> float:
        self._note(await self._runner.run(spread_over_callers([plan], 1), lambda: None))
        self._progress("sequential calls", number, self._options.sequential)
        await asyncio.sleep(_AFTER_A_CALL_SECONDS)
        return round(self._usage.rss_mib(), 1)

    async def _batch(self, number: int, plans: list[CallPlan]) -> Batch:
        load = spread_over_callers(plans, len(plans), stagger_seconds=self._options.stagger_seconds)
        done = 0

        def count() -> None:
            nonlocal done
            done += 1
            self._progress(f"batch {number} of {len(plans)} calls", done, load.utterance_count)

        before = self._usage.rss_mib()
        async with watch_peak(self._usage) as peak:
            self._note(await self._runner.run(load, count))
        await asyncio.sleep(self._options.settle_seconds)
        after = self._usage.rss_mib()
        return Batch(before=round(before, 1), peak=round(peak.rss_mib, 1), after=round(after, 1))

    def _note(self, calls: list[TalkedCall]) -> None:
        self.faults.extend(f"call {call.plan.index}: {fault}" for call in calls for fault in call.faults)
