"""Threads for blocking libraries, with a bound on what may wait for them.

A plain executor queues without limit: when a disk stalls, every caller's query would pile up behind it and
be run long after anyone wanted it. Here the queue has an end, and a waiter that gives up takes its work
out of the queue again.
"""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from config.errors import CapacityError

T = TypeVar("T")


class BoundedExecutor:
    """Runs blocking functions in its own threads.

    Args:
        name: Prefix of the thread names.
        workers: Number of threads; one makes a library that is not thread-safe safe.
        max_waiting: Most functions queued or running at once.
    """

    def __init__(self, name: str, *, workers: int = 1, max_waiting: int = 256) -> None:
        self._name = name
        self._executor = ThreadPoolExecutor(workers, thread_name_prefix=name)
        self._max_waiting = max_waiting
        self._lock = threading.Lock()
        self._pending = 0

    async def run(self, function: Callable[[], T]) -> T:
        """Run a function and give its result, or raise what it raised.

        If the waiter is cancelled before the function has begun, it never runs.

        Raises:
            CapacityError: Too many are waiting, or the executor is closed.
        """
        with self._lock:
            if self._pending >= self._max_waiting:
                raise CapacityError(f"Too many requests are waiting for {self._name}; try again in a moment.")
            self._pending += 1
        try:
            future = self._executor.submit(function)
        except RuntimeError as error:
            self._release(None)
            raise CapacityError(f"{self._name} is shut down.") from error
        future.add_done_callback(self._release)
        return await asyncio.wrap_future(future)

    async def close(self) -> None:
        """Drop what waits, and wait for what runs."""
        await asyncio.to_thread(self._executor.shutdown, wait=True, cancel_futures=True)

    def _release(self, _: Future[T] | None) -> None:
        with self._lock:
            self._pending -= 1
