"""What every live connection with audio in and messages out has in common, whatever the two say."""

import asyncio
from abc import ABC, abstractmethod

from starlette.websockets import WebSocket

from simulator.deepgram.outbox import Outbox, close_quietly, log_unexpected
from simulator.deepgram.service import DeepgramService
from simulator.faults import FaultPlan

IDLE_REASON = (
    "Deepgram did not receive audio data or a text message within the timeout window. See https://dpgr.am/net0001"
)
UNDECODABLE_REASON = "DATA-0000: the payload cannot be decoded as audio"
_LONGEST_STREAM_SECS = 12 * 3600.0


class AudioStreamSession(ABC):
    """Serves one accepted connection until it ends.

    Args:
        service: What all connections share.
        websocket: Accepted already.
        faults: What goes wrong on this connection.
        name: For its tasks.
    """

    def __init__(self, service: DeepgramService, websocket: WebSocket, faults: FaultPlan, *, name: str) -> None:
        self._service = service
        self._websocket = websocket
        self._faults = faults
        self._name = f"deepgram:{name}"
        self._opened_at = asyncio.get_running_loop().time()
        self._heard_at = self._opened_at
        self._outbox = Outbox(websocket, faults, self._opened_at)
        self._sender: asyncio.Task[None] | None = None

    @abstractmethod
    async def take_audio(self, data: bytes) -> bool:
        """One binary message; False when the connection is over."""

    @abstractmethod
    async def take_text(self, text: str) -> bool:
        """One text message; False when the connection is over."""

    async def run(self) -> None:
        """Read, answer and watch the clock; returns when the connection is over. Never raises for the peer."""
        self._sender = asyncio.create_task(self._outbox.run(), name=f"{self._name}:send")
        tasks = {
            asyncio.create_task(self._receive(), name=f"{self._name}:receive"),
            asyncio.create_task(self._watch(), name=f"{self._name}:watch"),
        }
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                log_unexpected(task)
        finally:
            for task in (*tasks, self._sender):
                task.cancel()
            await asyncio.gather(*tasks, self._sender, return_exceptions=True)

    def heard(self) -> None:
        """The peer is there: its time begins anew."""
        self._heard_at = asyncio.get_running_loop().time()

    async def send_the_rest_and_close(self, code: int = 1000, reason: str = "") -> None:
        """Close once all that waits was sent."""
        await self._outbox.finish()
        if self._sender is not None:
            await asyncio.wait({self._sender})
        await close_quietly(self._websocket, code, reason)

    async def _receive(self) -> None:
        """Read until the peer is gone or the stream was ended."""
        while True:
            message = await self._websocket.receive()
            if message["type"] == "websocket.disconnect":
                return
            await self._faults.wait_out_stall(self._opened_at)
            data, text = message.get("bytes"), message.get("text")
            if text is not None:
                going_on = await self.take_text(text)
            else:
                self.heard()
                going_on = await self.take_audio(data or b"")
            if not going_on:
                return

    async def _watch(self) -> None:
        """Close an idle stream, and one that a fault closes."""
        loop = asyncio.get_running_loop()
        fault_at = self._opened_at + (
            _LONGEST_STREAM_SECS if self._faults.close_after_seconds is None else self._faults.close_after_seconds
        )
        while True:
            idle_at = self._heard_at + self._service.options.idle_seconds
            now = loop.time()
            if now >= fault_at:
                await close_quietly(self._websocket, self._faults.close_code, self._faults.close_reason)
                return
            if now >= idle_at:
                self._service.counters.idle_closes += 1
                await close_quietly(self._websocket, 1011, IDLE_REASON)
                return
            await asyncio.sleep(min(fault_at, idle_at) - now)
