"""How late the load generator itself is: figures are only to be trusted while its p99 is under 10 ms."""

from array import array
from collections.abc import Iterable

import numpy as np


class Lateness:
    """Collects lateness samples at four bytes each."""

    def __init__(self) -> None:
        self._samples = array("f")

    @classmethod
    def of_all(cls, calls: "Iterable[Lateness]") -> "Lateness":
        """Those of some calls, together."""
        lateness = cls()
        for call in calls:
            lateness.merge(call)
        return lateness

    def add(self, secs: float) -> None:
        """Note that a frame was sent this long after it was due."""
        self._samples.append(secs)

    @property
    def count(self) -> int:
        """How many frames were noted."""
        return len(self._samples)

    def merge(self, other: "Lateness") -> None:
        """Take over the samples of another call."""
        self._samples.extend(other._samples)

    def percentile_ms(self, percent: float) -> float:
        """Return a percentile in milliseconds; 0.0 without samples."""
        if not self._samples:
            return 0.0
        return float(np.percentile(np.asarray(self._samples), percent)) * 1000.0
