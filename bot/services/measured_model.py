"""The language model with a watch on it, to know whether it has time for work that may be thrown away.

Ollama queues what it cannot generate at once, and says so nowhere; what shows it is that first tokens take a
multiple of what they took before.
"""

import time
from collections import deque
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from statistics import median

from bot.chat_model import ChatChunk, ChatModel, ChatRequest

QUEUEING_FACTOR = 2.5
"""The model is queueing when first tokens take so many times as long as the quickest of late."""
QUEUEING_SECONDS = 0.3
"""And at least so much longer: twice nearly nothing is nearly nothing."""
RECENT = 5
REMEMBERED = 100


class MeasuredChatModel(ChatModel):
    """A `ChatModel` that knows how busy it is; one per process, around the vendor's.

    Args:
        model: Does the work.
        most_streams: Replies under way at once, of all calls, from which it counts as busy; 0 is always busy.
        clock: Seconds.
    """

    def __init__(
        self, model: ChatModel, *, most_streams: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._model = model
        self._most_streams = most_streams
        self._clock = clock
        self._streams = 0
        self._first_tokens: deque[float] = deque(maxlen=REMEMBERED)

    async def stream(self, request: ChatRequest) -> AsyncGenerator[ChatChunk, None]:
        """See `ChatModel.stream`."""
        began, waiting = self._clock(), True
        self._streams += 1
        try:
            async with aclosing(self._model.stream(request)) as chunks:
                async for chunk in chunks:
                    if waiting:
                        waiting = False
                        self._first_tokens.append(self._clock() - began)
                    yield chunk
        finally:
            self._streams -= 1

    def has_time(self) -> bool:
        """False while another stream would make those that callers wait for slower."""
        return self._streams < self._most_streams and not self._is_queueing()

    def _is_queueing(self) -> bool:
        if len(self._first_tokens) < RECENT:
            return False
        recent = median(list(self._first_tokens)[-RECENT:])
        quickest = min(self._first_tokens)
        return recent > QUEUEING_FACTOR * quickest and recent > quickest + QUEUEING_SECONDS
