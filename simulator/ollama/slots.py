"""The parallel slots of one loaded model: FIFO waiting, a bounded queue, and each slot's prompt cache.

Ollama runs `OLLAMA_NUM_PARALLEL` sequences of a model at once and keeps the last prompt's KV cache in every
slot: a new prompt goes to the free slot that shares the longest prefix with it, and only the rest is evaluated.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from simulator.ollama.errors import queue_full
from simulator.ollama.tokens import common_prefix_length


class Slot:
    """One sequence that the model can work on."""

    def __init__(self, index: int) -> None:
        self.index = index
        self._cached: list[str] = []

    def shared_with(self, prompt: list[str]) -> int:
        """How many tokens of the prompt this slot need not evaluate again."""
        return common_prefix_length(self._cached, prompt)

    def evaluate(self, prompt: list[str]) -> int:
        """Takes the prompt into the cache and returns how many of its tokens had to be evaluated (1 at least)."""
        evaluated = max(1, len(prompt) - self.shared_with(prompt))
        self._cached = list(prompt)
        return evaluated

    def append(self, tokens: list[str]) -> None:
        """Adds what was generated to the cache."""
        self._cached.extend(tokens)


class SlotPool:
    """All slots of one model."""

    def __init__(self, num_parallel: int, max_queue: int) -> None:
        self._free = [Slot(index) for index in range(num_parallel)]
        self._max_queue = max_queue
        self._num_parallel = num_parallel
        self._waiting: deque[asyncio.Future[Slot]] = deque()
        self.longest_queue = 0
        self.most_active = 0

    @property
    def active(self) -> int:
        """Slots in use."""
        return self._num_parallel - len(self._free)

    @property
    def queued(self) -> int:
        """Requests that wait for a slot."""
        return len(self._waiting)

    @asynccontextmanager
    async def take(self, prompt: list[str]) -> AsyncIterator[Slot]:
        """Waits in line for a slot and holds it; leaving, or being cancelled anywhere, frees it at once.

        Raises:
            OllamaError: 503, if `max_queue` requests wait already.
        """
        slot = await self._acquire(prompt)
        try:
            yield slot
        finally:
            self._release(slot)

    async def _acquire(self, prompt: list[str]) -> Slot:
        if self._free:
            slot = max(self._free, key=lambda free: (free.shared_with(prompt), -free.index))
            self._free.remove(slot)
            self.most_active = max(self.most_active, self.active)
            return slot
        if len(self._waiting) >= self._max_queue:
            raise queue_full()
        turn: asyncio.Future[Slot] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        self.longest_queue = max(self.longest_queue, len(self._waiting))
        try:
            return await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._release(turn.result())
            else:
                # Already gone where a slot came free between the cancellation and now.
                with contextlib.suppress(ValueError):
                    self._waiting.remove(turn)
            raise

    def _release(self, slot: Slot) -> None:
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(slot)
                return
        self._free.append(slot)
