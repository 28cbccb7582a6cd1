"""Counts what a peer sends wrong, so that one bad message costs a log line and very many end the stream."""

import time
from collections.abc import Callable

from loguru import logger

LOG_INTERVAL_SECONDS = 1.0


class FaultMeter:
    """Faults of one stream: a total, a rate-limited log line, and whether it has become too many.

    Attributes:
        malformed: Messages that could not be parsed, so far.
        misplaced: Good messages out of order, repeated, or of another stream, so far.
    """

    def __init__(self, limit: int, window_seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        """Bear `limit` faults within `window_seconds`; one more is too many."""
        self._limit = limit
        self._window_seconds = window_seconds
        self._clock = clock
        self._window_started = clock()
        self._in_window = 0
        self._next_log_at = 0.0
        self.malformed = 0
        self.misplaced = 0

    @property
    def too_many(self) -> bool:
        """True once the limit was passed within one window."""
        return self._in_window > self._limit

    def count_malformed(self, reason: str, where: str) -> None:
        """Count a message that could not be parsed; `where` is a field's name, never content."""
        self.malformed += 1
        self._count(reason, where)

    def count_misplaced(self, kind: str) -> None:
        """Count a message that has no business here; `kind` is its class."""
        self.misplaced += 1
        self._count("misplaced", kind)

    def _count(self, fault: str, where: str) -> None:
        now = self._clock()
        if now - self._window_started > self._window_seconds:
            self._window_started = now
            self._in_window = 0
        self._in_window += 1
        if now >= self._next_log_at:
            self._next_log_at = now + LOG_INTERVAL_SECONDS
            logger.bind(fault=fault, where=where, faults=self.malformed + self.misplaced).warning(
                "Media stream message could not be used: {} {}", fault, where
            )
