"""What a measurement in the long run consists of, as it is stored and read again."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from bench.machine import Machine
from bench.statistics import Spread
from bench.trust import Trust
from bench.vendor_delays import VendorDelays

WARM_SHARE = 0.1
"""Part of the calls that warms the server up; growth is counted from there on."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SoakOptions(_Frozen):
    """How to measure.

    Attributes:
        calls: Short ones, in all.
        callers: At once.
        settle_seconds: Between the last call and the look at what is left.
        opens_first: One call is made before the first look.
    """

    calls: int = 2000
    callers: int = 50
    settle_seconds: float = 15.0
    opens_first: bool = True


class Holdings(_Frozen):
    """What the server holds while nobody calls.

    Attributes:
        rss_mib: Resident memory.
        tasks: Of its event loop, by its own metrics; None if it does not say.
        sockets: Connections, without listening ones and those that only wait to be forgotten.
        open_files: Regular files.
        descriptors: Of all kinds.
        threads: Of all its processes.
        files: In its `var` folder.
    """

    rss_mib: float
    tasks: int | None
    sockets: int
    open_files: int
    descriptors: int
    threads: int
    files: int


class MemorySample(_Frozen):
    """Resident memory after so many calls, while others run."""

    calls: int
    rss_mib: float


class SoakReport(Trust):
    """A whole measurement, as it is stored.

    Attributes:
        made: Calls that were made.
        seconds: From the first to the last.
        before: After one call, before the load.
        after: When all calls were over.
        samples: On the way.
        faults: The first few things that went wrong in calls.
    """

    command: Literal["soak"] = "soak"
    machine: Machine
    options: SoakOptions
    delays: VendorDelays | None
    chunks: int
    made: int
    in_good_order: int
    seconds: float
    before: Holdings
    after: Holdings
    samples: tuple[MemorySample, ...]
    greeting: Spread | None
    voice_to_voice: Spread | None
    underruns: int
    faults: tuple[str, ...]

    @property
    def warm_mib(self) -> float:
        """Memory when the first tenth of the calls had been made."""
        warm = [sample.rss_mib for sample in self.samples if sample.calls >= WARM_SHARE * self.options.calls]
        return warm[0] if warm else self.before.rss_mib

    @property
    def last_mib(self) -> float:
        """The most memory of the last tenth of the calls."""
        last = [s.rss_mib for s in self.samples if s.calls >= (1 - WARM_SHARE) * self.options.calls]
        return max(last, default=self.after.rss_mib)

    @property
    def growth_percent(self) -> float:
        """Growth of memory after the warm-up."""
        return 100 * (self.last_mib - self.warm_mib) / self.warm_mib
