"""What the host of a virtual machine gave to others while something was measured."""

import time

import psutil


class StolenTime:
    """Counts from when it is made."""

    def __init__(self) -> None:
        self._began = time.perf_counter()
        self._before = _stolen_seconds()

    def share(self) -> float:
        """Of all cores since then, 0 to 1; 0 where the system does not tell (only Linux does)."""
        seconds = (time.perf_counter() - self._began) * (psutil.cpu_count() or 1)
        return round((_stolen_seconds() - self._before) / seconds, 3)


def _stolen_seconds() -> float:
    """Of all cores together, since the machine started."""
    return float(getattr(psutil.cpu_times(), "steal", 0.0))
