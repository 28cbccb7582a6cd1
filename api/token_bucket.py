"""Counts things that may happen only so often, each by name: requests of a key, failures of an address.

A bucket holds as many tokens as may be used in a minute and is refilled evenly, so that short bursts pass and a
steady excess does not. Memory is bounded: of too many names, the one longest unheard of is forgotten.
"""

import time
from collections import OrderedDict
from collections.abc import Callable

MOST_NAMES = 10_000
_MINUTE = 60.0


class TokenBuckets:
    """One bucket a name.

    Args:
        per_minute: Tokens that a bucket holds, and gets back in a minute; 0 sets no limit.
        most_names: Buckets that are remembered.
        clock: Seconds, never going back.
    """

    def __init__(
        self, per_minute: int, *, most_names: int = MOST_NAMES, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._per_minute = per_minute
        self._most_names = most_names
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, name: str) -> float:
        """Use a token.

        Returns:
            0 if there was one; else the seconds until there is, and nothing was used.
        """
        wait = self.wait(name)
        if wait == 0 and self._per_minute:
            now = self._clock()
            self._buckets[name] = (self._tokens(name, now) - 1, now)
            self._buckets.move_to_end(name)
            if len(self._buckets) > self._most_names:
                self._buckets.popitem(last=False)
        return wait

    def wait(self, name: str) -> float:
        """Seconds until there is a token; 0 if there is one now."""
        if not self._per_minute:
            return 0.0
        missing = 1 - self._tokens(name, self._clock())
        return max(0.0, missing * _MINUTE / self._per_minute)

    def __len__(self) -> int:
        """How many names are remembered."""
        return len(self._buckets)

    def _tokens(self, name: str, now: float) -> float:
        bucket = self._buckets.get(name)
        if bucket is None:
            return float(self._per_minute)
        tokens, at = bucket
        return min(float(self._per_minute), tokens + (now - at) * self._per_minute / _MINUTE)
