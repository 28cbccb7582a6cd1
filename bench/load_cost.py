"""What a stretch of load cost: the server's CPU time and memory, and how busy the whole machine was."""

import contextlib
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass

import psutil

from bench.process_usage import ProcessUsage, watch_peak
from bench.stolen_time import StolenTime


@dataclass(slots=True)
class LoadCost:
    """Filled in when the stretch is over.

    Attributes:
        seconds: How long it took.
        cpu_seconds: Of the server; None if its process is unknown.
        peak_rss_mib: Of the server; None likewise.
        machine_busy: Share of the machine's cores that were at work, or wanted to be, 0 to 1.
        machine_stolen: Share of the machine that its host gave to others, 0 to 1; busy by the measure above.
    """

    seconds: float = 0.0
    cpu_seconds: float | None = None
    peak_rss_mib: float | None = None
    machine_busy: float = 0.0
    machine_stolen: float = 0.0


@contextlib.asynccontextmanager
async def watch_load(usage: ProcessUsage | None) -> AsyncIterator[LoadCost]:
    """Watch what happens inside the context.

    Args:
        usage: The server's process, if it is known.
    """
    cost = LoadCost()
    async with contextlib.AsyncExitStack() as stack:
        peak = await stack.enter_async_context(watch_peak(usage)) if usage is not None else None
        begun = time.perf_counter()
        cpu_before = usage.cpu_seconds() if usage is not None else 0.0
        psutil.cpu_percent()  # the next call counts from here
        stolen = StolenTime()
        yield cost
        cost.seconds = time.perf_counter() - begun
        cost.machine_busy = round(psutil.cpu_percent() / 100, 2)
        cost.machine_stolen = stolen.share()
        if usage is not None:
            cost.cpu_seconds = usage.cpu_seconds() - cpu_before
    if peak is not None:
        cost.peak_rss_mib = peak.rss_mib
