"""The long run: very many short calls, and whether anything stays when they are over."""

import asyncio
import time
from dataclasses import replace

from bench.call_plan import CallPlan, plan_short_call
from bench.environment import Environment
from bench.latency import Progress
from bench.limits.holdings import look_at
from bench.limits.soak_report import Holdings, MemorySample, SoakOptions
from bench.load import LoadRunner, spread_over_callers
from bench.process_usage import ProcessUsage
from bench.talking_call import TalkedCall
from config.errors import ConfigurationError

_QUESTIONS = 400
"""Different ones; more would only make the simulated recogniser slow."""
_STAGGER_SECONDS = 0.2
_SAMPLES = 200


class SoakBench:
    """Measures one server.

    Args:
        environment: The server, and the network to call it over.
        options: How.
        progress: Told how it goes.

    Attributes:
        samples: Memory on the way.
        seconds: From the first call to the last.

    Raises:
        ConfigurationError: The server's process is unknown.
    """

    def __init__(self, environment: Environment, options: SoakOptions, progress: Progress) -> None:
        if environment.server_pid is None:
            raise ConfigurationError("What is left is seen at the server's process: name it with --server-pid.")
        self.samples: list[MemorySample] = []
        self.seconds = 0.0
        self._environment = environment
        self._pid = environment.server_pid
        self._usage = ProcessUsage(self._pid)
        self._options = options
        self._progress = progress
        self._runner = LoadRunner(environment)
        self._done = 0

    async def run(self) -> tuple[Holdings, list[TalkedCall], Holdings]:
        """Make all calls; returns what the server held before, what came of the calls, and what it holds now."""
        options = self._options
        plans = [
            CallPlan(n, plan_short_call(n % _QUESTIONS).utterances, hangs_up=True) for n in range(options.calls)
        ]
        await self._runner.prepare(plans)
        if options.opens_first:
            # Whatever is opened once and kept (pools, the database) is open before the first look.
            await self._runner.run(spread_over_callers(plans[:1], 1), lambda: None)
        before = await self._settled()
        self._progress("short calls", 0, options.calls)
        begun = time.perf_counter()
        load = spread_over_callers(plans, min(options.callers, options.calls), stagger_seconds=_STAGGER_SECONDS)
        calls = await self._runner.run(load, self._count)
        self.seconds = time.perf_counter() - begun
        return before, calls, await self._settled()

    async def _settled(self) -> Holdings:
        await asyncio.sleep(self._options.settle_seconds)
        return await look_at(self._environment.server_url, self._environment.api_key, self._pid)

    def _count(self) -> None:
        self._done += 1
        self._progress("short calls", self._done, self._options.calls)
        if self._done % max(1, self._options.calls // _SAMPLES) == 0:
            self.samples.append(MemorySample(calls=self._done, rss_mib=round(self._usage.rss_mib(), 1)))


def _plan(number: int) -> CallPlan:
    return replace(plan_short_call(number % _QUESTIONS), index=number)
