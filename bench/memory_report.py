"""What a measurement of memory consists of, as it is stored and read again."""

from pydantic import BaseModel, ConfigDict

from bench.machine import Machine
from bench.statistics import slope
from bench.vendor_delays import VendorDelays

WARM_AFTER = 10
"""Sequential calls that warm a server up; growth is counted from there on."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class MemoryOptions(_Frozen):
    """How to measure.

    Attributes:
        sequential: Short calls, one after the other.
        concurrent: Talking calls at once in a batch.
        batches: How many of them.
        questions: Asked in peace in every call of a batch.
        settle_seconds: Between the last call of a batch and the look at what is left.
    """

    sequential: int = 50
    concurrent: int = 25
    batches: int = 3
    questions: int = 2
    stagger_seconds: float = 0.4
    settle_seconds: float = 3.0


class Batch(_Frozen):
    """One batch of concurrent calls; MiB of resident memory."""

    before: float
    peak: float
    after: float


class MemoryReport(_Frozen):
    """A whole measurement, as it is stored; MiB of resident memory.

    Attributes:
        ready: When the server had started, before any call.
        sequential: After each of the sequential calls.
        faults: What went wrong in calls; empty if they were all in good order.
    """

    command: str = "memory"
    machine: Machine
    options: MemoryOptions
    delays: VendorDelays | None
    chunks: int
    ready: float
    sequential: tuple[float, ...]
    batches: tuple[Batch, ...]
    faults: tuple[str, ...]

    @property
    def growth_per_sequential_call(self) -> float:
        """Least-squares growth from call to call, after the first ten."""
        return slope(self.sequential[WARM_AFTER:])

    @property
    def per_concurrent_call(self) -> float:
        """What a call more costs: the first batch's peak above what was there before, by its calls."""
        return (self.batches[0].peak - self.batches[0].before) / self.options.concurrent if self.batches else 0.0

    @property
    def growth_after_first_batch(self) -> float:
        """Left after the last batch above what the first left."""
        return self.batches[-1].after - self.batches[0].after if self.batches else 0.0
