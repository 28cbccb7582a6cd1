"""A socket and a media receiver for tests."""

import asyncio
import json
from collections.abc import Callable

from bot.transport.socket import SocketClosedError


class FakeSocket:
    """A `TextSocket` in memory. `put` feeds it; `sent` holds what was sent, parsed."""

    def __init__(self, *, sends_at_once: bool = False) -> None:
        self._sends_at_once = sends_at_once
        self._incoming: asyncio.Queue[str | bytes | None] = asyncio.Queue()
        self.sent: list[dict[str, object]] = []
        self.sent_event = asyncio.Event()
        self.reading = asyncio.Event()
        """Cleared: the peer has stopped reading, and `send` blocks."""
        self.reading.set()
        self.closed_with: list[tuple[int, str]] = []
        self.close_blocks = False

    def put(self, *messages: object) -> None:
        for message in messages:
            self._incoming.put_nowait(message if isinstance(message, str | bytes) else json.dumps(message))

    def drop(self) -> None:
        """Lose the connection, after what was put before."""
        self._incoming.put_nowait(None)

    async def receive(self) -> str | bytes:
        message = await self._incoming.get()
        if message is None:
            self._incoming.put_nowait(None)
            raise SocketClosedError
        return message

    async def listen(self, take: Callable[[str | bytes], bool]) -> None:
        while take(await self.receive()):
            pass

    def send_now(self, text: str) -> bool:
        if not self._sends_at_once or not self.reading.is_set() or self.closed_with:
            return False
        self.sent.append(json.loads(text))
        self.sent_event.set()
        return True

    async def send(self, text: str) -> None:
        await self.reading.wait()
        if self.closed_with:
            raise SocketClosedError
        self.sent.append(json.loads(text))
        self.sent_event.set()

    async def close(self, code: int = 1000, reason: str = "") -> None:
        if self.close_blocks:
            await asyncio.Event().wait()
        self.closed_with.append((code, reason))

    async def wait_for_sent(self, count: int) -> list[dict[str, object]]:
        async with asyncio.timeout(5):
            while len(self.sent) < count:
                self.sent_event.clear()
                await self.sent_event.wait()
        return self.sent


class FakeReceiver:
    """A `MediaReceiver` that remembers."""

    def __init__(self) -> None:
        self.audio: list[bytes] = []
        self.digits: list[str] = []
        self.marks: list[str] = []
        self.fails = False

    def receive_audio(self, payload: bytes) -> None:
        if self.fails:
            raise ZeroDivisionError
        self.audio.append(payload)

    def receive_dtmf(self, digit: str) -> None:
        self.digits.append(digit)

    def mark_played(self, name: str) -> None:
        self.marks.append(name)
