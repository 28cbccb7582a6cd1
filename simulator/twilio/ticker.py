"""One 20 ms clock for every caller of the process.

A timer per call costs a wake-up per call and frame, and drifts. Here one timer on an absolute schedule wakes
a few times per 20 ms and serves a share of the callers each time, so that a hundred calls neither drift nor
fall on the server in the same instant, as real calls do not either.
"""

import asyncio
import time
from collections.abc import Callable

from loguru import logger

TickCallback = Callable[[float], None]
"""Called on the event loop with the time (`time.perf_counter`) at which this tick was due."""

_MAX_STEPS_A_PASS = 20
_MIN_SLEEP_SECS = 0.001  # uvloop's timers round to milliseconds: less than half of one would spin


class Ticker:
    """Calls every subscriber once per interval, never drifting; after a stall it makes up every tick.

    Args:
        interval_secs: The period of each subscriber.
        phases: Number of groups that the subscribers are spread over within one interval.
    """

    def __init__(self, *, interval_secs: float = 0.02, phases: int = 4) -> None:
        self._step = interval_secs / phases
        self._slots: list[tuple[TickCallback, ...]] = [() for _ in range(phases)]
        self._origin = 0.0
        self._steps_done = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._timer: asyncio.Handle | None = None

    @property
    def subscriber_count(self) -> int:
        """How many callers are being ticked."""
        return sum(len(slot) for slot in self._slots)

    def subscribe(self, callback: TickCallback) -> None:
        """Tick this callback from now on; must be called on the event loop.

        A callback that raises is logged and ticked no more; it does not disturb the other callers.
        """
        emptiest = min(range(len(self._slots)), key=lambda index: len(self._slots[index]))
        self._slots[emptiest] = (*self._slots[emptiest], callback)
        if self._timer is None:
            self._loop = asyncio.get_running_loop()
            self._origin = time.perf_counter()
            self._steps_done = 0
            self._timer = self._loop.call_later(self._step, self._run)

    def unsubscribe(self, callback: TickCallback) -> None:
        """Tick this callback no more; unknown callbacks are ignored. The clock stops with the last one."""
        self._slots = [tuple(known for known in slot if known != callback) for slot in self._slots]
        if self._timer is not None and self.subscriber_count == 0:
            self._timer.cancel()
            self._timer = None

    def _run(self) -> None:
        assert self._loop is not None
        now = time.perf_counter()
        for _ in range(_MAX_STEPS_A_PASS):
            due = self._origin + (self._steps_done + 1) * self._step
            if due > now:
                break
            self._steps_done += 1
            self._serve(self._slots[self._steps_done % len(self._slots)], due)
            now = time.perf_counter()
        if self.subscriber_count == 0:
            self._timer = None
            return
        delay = self._origin + (self._steps_done + 1) * self._step - now
        # Behind schedule: give sockets a turn between two passes instead of starving them.
        if delay > 0:
            self._timer = self._loop.call_later(max(delay, _MIN_SLEEP_SECS), self._run)
        else:
            self._timer = self._loop.call_soon(self._run)

    def _serve(self, callbacks: tuple[TickCallback, ...], due: float) -> None:
        for callback in callbacks:
            try:
                callback(due)
            except Exception:
                # One caller's failure must not stop the clock of all others; and it is logged once, since a
                # traceback every 20 ms would make them late.
                logger.exception("a caller failed in its tick and is ticked no more")
                self.unsubscribe(callback)
