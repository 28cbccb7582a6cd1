"""CPU time and memory of a process and its children, as the operating system counts them."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

import psutil

MEBIBYTE = 1 << 20
_SAMPLE_SECONDS = 0.25


@dataclass(frozen=True, slots=True)
class ProcessUsage:
    """A process tree to look at.

    Attributes:
        pid: Of its root.
    """

    pid: int

    def cpu_seconds(self) -> float:
        """User and system time so far, of the process and its living children."""
        total = 0.0
        for process in self._tree():
            with contextlib.suppress(psutil.NoSuchProcess):
                times = process.cpu_times()
                total += times.user + times.system
        return total

    def rss_mib(self) -> float:
        """Resident memory now, in MiB."""
        total = 0
        for process in self._tree():
            with contextlib.suppress(psutil.NoSuchProcess):
                total += process.memory_info().rss
        return total / MEBIBYTE

    def _tree(self) -> list[psutil.Process]:
        root = psutil.Process(self.pid)
        return [root, *root.children(recursive=True)]


@dataclass(slots=True)
class Peak:
    """The most memory that was seen."""

    rss_mib: float = 0.0


@contextlib.asynccontextmanager
async def watch_peak(usage: ProcessUsage) -> AsyncIterator[Peak]:
    """Note the most memory while the context lasts, four times a second."""
    peak = Peak(usage.rss_mib())

    async def sample() -> None:
        while True:
            await asyncio.sleep(_SAMPLE_SECONDS)
            peak.rss_mib = max(peak.rss_mib, usage.rss_mib())

    task = asyncio.create_task(sample(), name="watch-peak")
    try:
        yield peak
    finally:
        task.cancel()
        await asyncio.wait({task})
        peak.rss_mib = max(peak.rss_mib, usage.rss_mib())


async def idle_cores(usage: ProcessUsage, seconds: float) -> float:
    """Share of a core that the process needs while nobody calls."""
    before = usage.cpu_seconds()
    await asyncio.sleep(seconds)
    return (usage.cpu_seconds() - before) / seconds
