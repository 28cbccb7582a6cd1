"""Deepgram allows 20 Flush messages a minute on a speak connection; this keeps count of them."""

from collections import deque

FLUSHES_PER_WINDOW = 20
WINDOW_SECONDS = 60.0


class FlushBudget:
    """A sliding window of the flushes sent on one connection."""

    def __init__(self, limit: int = FLUSHES_PER_WINDOW, window_seconds: float = WINDOW_SECONDS) -> None:
        self._limit = limit
        self._window = window_seconds
        self._sent: deque[float] = deque()

    def left(self, now: float) -> int:
        """Flushes that may still be sent."""
        while self._sent and now - self._sent[0] >= self._window:
            self._sent.popleft()
        return self._limit - len(self._sent)

    def wait_seconds(self, now: float) -> float:
        """How long until one more may be sent; 0 when one may be now."""
        if self.left(now) > 0:
            return 0.0
        return self._window - (now - self._sent[0])

    def spend(self, now: float) -> None:
        """One was sent."""
        self._sent.append(now)

    def reset(self) -> None:
        """A new connection begins with a full budget."""
        self._sent.clear()
