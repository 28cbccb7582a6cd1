"""Has the model read what never changes in a call's prompt while the greeting is spoken.

A long system prompt takes a model seconds to read on a small machine, and Ollama keeps what it has read: the first
answer then begins where the greeting ended. The calls of one agent begin alike, so one reading serves many.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace

from loguru import logger

from bot.chat_model import ChatModel, ChatRequest
from config.errors import VendorError

AGAIN_SECONDS = 60.0
"""A prompt read so lately is still in the model's memory, unless the model was busy with many others."""
MOST_AT_ONCE = 2
REMEMBERED = 256


class PromptPrefill:
    """One per process.

    Args:
        model: The vendor.
        has_time: Whether the model has time for work that nobody waits for.
        clock: Seconds.
    """

    def __init__(
        self, model: ChatModel, has_time: Callable[[], bool], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._model = model
        self._has_time = has_time
        self._clock = clock
        self._read_at: dict[int, float] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def begin(self, request: ChatRequest) -> bool:
        """Have the beginning of a prompt read; nobody waits for it.

        Args:
            request: As the first reply's will be, with those messages only that are certain.

        Returns:
            False where it was read just now, or the model has other work.
        """
        key = hash((request.model, request.messages, tuple(tool.name for tool in request.tools), request.num_ctx))
        now = self._clock()
        lately = now - self._read_at.get(key, -AGAIN_SECONDS) < AGAIN_SECONDS
        if lately or len(self._tasks) >= MOST_AT_ONCE or not self._has_time():
            return False
        if len(self._read_at) >= REMEMBERED:
            self._read_at.clear()
        self._read_at[key] = now
        # One token: Ollama takes none for "as many as you like".
        task = asyncio.create_task(self._read(replace(request, num_predict=1)), name="prompt-prefill")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return True

    async def close(self) -> None:
        """Stop reading; idempotent."""
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _read(self, request: ChatRequest) -> None:
        try:
            async for _ in self._model.stream(request):
                pass
        except VendorError as error:
            # The first reply will meet the same fault, and say so.
            logger.bind(vendor=error.vendor).debug("A prompt was not read ahead: {}", error.message)
