"""What waits to be sent on a media stream: bounded, and overtaken by a clear.

Text is made only when a message leaves, so what a clear drops costs nothing.
"""

import asyncio
from collections import deque

from bot.transport.twilio_serializer import TwilioSerializer


class OutgoingQueue:
    """Audio and marks in order; filled synchronously, drained by one writer.

    Attributes:
        dropped_audio: Audio messages given up so far because the queue was full.
    """

    def __init__(self, limit: int) -> None:
        """Hold at most `limit` messages."""
        self._limit = limit
        self._items: deque[bytes | str] = deque()  # audio is bytes, a mark is its name
        self._clear_waiting = False
        self._ready = asyncio.Event()
        self._writer_waits = False
        self.dropped_audio = 0

    @property
    def idle(self) -> bool:
        """True when nothing waits to be sent or is being sent: what is sent now overtakes nothing."""
        return self._writer_waits and not self._ready.is_set()

    def put_audio(self, payload: bytes) -> None:
        """Append µ-law bytes; when full, the oldest audio is given up. Nothing is appended for no bytes."""
        if payload:
            self._append(payload)

    def put_mark(self, name: str) -> None:
        """Append a mark."""
        self._append(name)

    def clear(self) -> None:
        """Put a clear before everything and drop the audio.

        Marks stay: they go out behind the clear and are echoed at once, as Twilio does with the marks in the
        buffer that it clears.
        """
        self._items = deque(item for item in self._items if isinstance(item, str))
        self._clear_waiting = True
        self._ready.set()

    async def next_message(self, serializer: TwilioSerializer) -> str:
        """Wait for the next message and take it out, as text."""
        while True:
            if self._clear_waiting:
                self._clear_waiting = False
                return serializer.clear()
            if self._items:
                item = self._items.popleft()
                return serializer.media(item) if isinstance(item, bytes) else serializer.mark(item)
            self._ready.clear()
            self._writer_waits = True
            try:
                await self._ready.wait()
            finally:
                self._writer_waits = False

    def _append(self, item: bytes | str) -> None:
        if len(self._items) >= self._limit:
            self._drop_oldest()
        self._items.append(item)
        self._ready.set()

    def _drop_oldest(self) -> None:
        for index, item in enumerate(self._items):
            if isinstance(item, bytes):
                del self._items[index]
                self.dropped_audio += 1
                return
        self._items.popleft()
