"""The one definition of a percentile, for every table, file and plot here.

Percentiles are by nearest rank, as in the server's own latency report: each is a value that was measured, and
the p95 of ten values is the largest of them.
"""

import math
from collections.abc import Iterable, Sequence

from pydantic import BaseModel, ConfigDict


class Spread(BaseModel):
    """How some measured values are spread, in their own unit.

    Attributes:
        count: How many values.
        p50: Half of them are no larger.
        p95: 95 of 100 are no larger.
        p99: 99 of 100 are no larger.
        largest: The largest.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    count: int
    p50: float
    p95: float
    p99: float
    largest: float

    @classmethod
    def of(cls, values: Iterable[float | None]) -> "Spread | None":
        """The spread of the values that are there; None if none is."""
        ordered = sorted(value for value in values if value is not None)
        if not ordered:
            return None
        p50, p95, p99 = (round(nearest_rank(ordered, percent), 1) for percent in (50, 95, 99))
        return cls(count=len(ordered), p50=p50, p95=p95, p99=p99, largest=round(ordered[-1], 1))


def nearest_rank(ordered: Sequence[float], percent: float) -> float:
    """The smallest value that at least `percent` of the values do not exceed.

    Args:
        ordered: Sorted, smallest first; not empty.
        percent: 0 to 100.

    Raises:
        ValueError: There is no value, or no such percentile.
    """
    if not ordered or not 0 <= percent <= 100:
        raise ValueError("a percentile needs values, and a percent between 0 and 100")
    return ordered[max(math.ceil(percent / 100 * len(ordered)), 1) - 1]


def slope(values: Sequence[float]) -> float:
    """Least-squares growth from one value to the next; 0.0 for fewer than two."""
    count = len(values)
    if count < 2:
        return 0.0
    middle = (count - 1) / 2
    mean = sum(values) / count
    spread = sum((index - middle) ** 2 for index in range(count))
    return sum((index - middle) * (value - mean) for index, value in enumerate(values)) / spread
