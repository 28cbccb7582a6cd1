"""How many calls one process holds in good order: more and more at once, until it breaks."""

from collections.abc import Sequence
from typing import Protocol

from bench.call_plan import CallPlan, plan_call
from bench.latency_report import LatencyRow
from bench.limits.capacity_report import CapacityOptions, is_broken
from bench.process_usage import ProcessUsage


class Rows(Protocol):
    """Measures one row after the other, as `LatencyBench` does."""

    async def warm_up(self) -> float | None:
        """Make calls outside the figures; returns the cores that the idle server needs."""

    async def measure(self, at_once: int, plans: Sequence[CallPlan], idle: float) -> LatencyRow:
        """Make these calls, so many at once."""


class CapacityBench:
    """Measures one server, with the calls of `bench latency`.

    Args:
        latency: Measures the server.
        server_pid: The server's process; None if unknown.
        options: How.

    Attributes:
        idle_cores: That the server needs without a call; None if its process is unknown.
        ready_mib: Its memory before the load; None likewise.
    """

    def __init__(self, latency: Rows, server_pid: int | None, options: CapacityOptions) -> None:
        self.idle_cores: float | None = None
        self.ready_mib: float | None = None
        self._pid = server_pid
        self._options = options
        self._latency = latency

    async def run(self) -> tuple[LatencyRow, ...]:
        """Measure; returns a row for every number of calls that was tried."""
        self.idle_cores = await self._latency.warm_up()
        self.ready_mib = round(ProcessUsage(self._pid).rss_mib(), 1) if self._pid is not None else None
        rows: list[LatencyRow] = []
        # The warm-up had the first; no row repeats another's questions, which the server would remember.
        index = 1
        for at_once in self._options.calls:
            plans = [plan_call(number, self._options.questions) for number in range(index, index + at_once)]
            index += at_once
            rows.append(await self._latency.measure(at_once, plans, self.idle_cores or 0.0))
            if is_broken(rows[-1]) and not self._options.goes_on:
                break
        return tuple(rows)
