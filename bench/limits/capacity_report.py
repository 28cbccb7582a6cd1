"""What a measurement of capacity consists of, as it is stored and read again."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from bench.latency_report import LatencyOptions, LatencyRow
from bench.machine import Machine
from bench.vendor_delays import VendorDelays

MOST_OVERHEAD_MS = 300.0
MOST_INTERRUPTION_MS = 150.0


class CapacityOptions(BaseModel):
    """How to measure.

    Attributes:
        calls: Numbers of calls at once, fewest first.
        questions: Answered in peace in every call.
        stagger_seconds: Between the starts of two callers.
        idle_seconds: How long the idle server is watched.
        goes_on: Also tries more calls than it could bear.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    calls: tuple[int, ...] = (25, 50, 75, 100, 125)
    questions: int = 2
    stagger_seconds: float = 0.2
    idle_seconds: float = 5.0
    goes_on: bool = False

    @property
    def load(self) -> LatencyOptions:
        """The same, for the calls themselves."""
        return LatencyOptions(
            calls=self.calls,
            questions=self.questions,
            least_turns=1,
            stagger_seconds=self.stagger_seconds,
            idle_seconds=self.idle_seconds,
        )


class CapacityReport(BaseModel):
    """A whole measurement, as it is stored.

    Attributes:
        ready_mib: Of the server after one call, before the load; None if its process is unknown.
        rows: As many as were tried.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    command: Literal["capacity"] = "capacity"
    machine: Machine
    options: CapacityOptions
    delays: VendorDelays | None
    chunks: int
    idle_cores: float | None
    ready_mib: float | None
    rows: tuple[LatencyRow, ...]

    @property
    def most_calls(self) -> int:
        """The largest number of calls in good order, all smaller ones being so too; 0 if none is."""
        most = 0
        for row in self.rows:
            if shortcomings(row):
                break
            most = row.calls
        return most

    def mib_per_call(self, row: LatencyRow) -> float | None:
        """What a call more needs, on average up to this row."""
        if self.ready_mib is None or row.rss_mib is None:
            return None
        return (row.rss_mib - self.ready_mib) / row.calls


def shortcomings(row: LatencyRow) -> tuple[str, ...]:
    """Why a number of calls was not in good order; empty if it was."""
    overhead = row.overhead.p95 if row.overhead is not None else 0.0
    interruption = row.interruption.p95 if row.interruption is not None else 0.0
    checks = (
        (row.underruns > 0, f"{row.underruns} underruns"),
        (overhead > MOST_OVERHEAD_MS, f"overhead p95 {overhead:.0f} ms"),
        (interruption > MOST_INTERRUPTION_MS, f"interruption p95 {interruption:.0f} ms"),
        (row.missing_replies > 0, f"{row.missing_replies} replies missing"),
        (row.interruptions_heeded < row.interruptions, "interruptions ignored"),
    )
    return (*(words for is_so, words in checks if is_so), *row.doubts)


def is_broken(row: LatencyRow) -> bool:
    """Whether so many calls are more than the server or the callers bear; slowness alone is not that."""
    return row.underruns > 0 or row.missing_replies > 0 or row.callers_are_late
