"""One clock for all calls of the process.

A timer per call and purpose costs the event loop more than the work it triggers. Paced output and the
batched voice activity model of every live call hang on one tick of 10 ms instead.
"""

import asyncio
from collections.abc import Callable

from loguru import logger

from bot.media.loop_lag import LoopLag

TICK_SECONDS = 0.01


class Ticker:
    """Calls every subscriber once a tick, for as long as there is one.

    A subscriber that raises is reported and keeps its place: one call's fault must not silence another.
    """

    def __init__(self, interval: float = TICK_SECONDS) -> None:
        self._interval = interval
        self._subscribers: dict[int, Callable[[float], None]] = {}
        self._next_key = 0
        self._task: asyncio.Task[None] | None = None
        self.lag = LoopLag()
        """How late the event loop comes to its work."""

    def subscribe(self, callback: Callable[[float], None]) -> Callable[[], None]:
        """Have `callback(now)` called each tick, `now` in the loop's time; returns the unsubscriber."""
        key = self._next_key
        self._next_key += 1
        self._subscribers[key] = callback
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._run(), name="media-ticker")
        return lambda: self._unsubscribe(key)

    def _unsubscribe(self, key: int) -> None:
        self._subscribers.pop(key, None)

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time()
        while self._subscribers:
            due += self._interval
            delay = due - loop.time()
            if delay > 0:
                await asyncio.sleep(delay)
                now = loop.time()
                self.lag.note(now, now - due)
            else:
                # Behind schedule: let the loop breathe once, and do not try to catch the missed ticks up.
                self.lag.note(due - delay, -delay)
                due = loop.time()
                await asyncio.sleep(0)
                now = loop.time()
            for key in tuple(self._subscribers):
                callback = self._subscribers.get(key)
                if callback is None:
                    continue  # unsubscribed by another one in this very tick
                try:
                    callback(now)
                except Exception:  # the other calls' audio must go on; this one is in the log
                    logger.exception("A media subscriber failed in its tick")

    async def close(self) -> None:
        """Stop ticking."""
        self._subscribers.clear()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None
