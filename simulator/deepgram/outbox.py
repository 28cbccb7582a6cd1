"""Messages of one WebSocket that leave when they are due, in order."""

import asyncio
import contextlib
from typing import NamedTuple

import orjson
from loguru import logger
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from simulator.faults import FaultPlan

_MOST_WAITING = 1024


class _Waiting(NamedTuple):
    due: float
    message: dict[str, object] | None


class Outbox:
    """A queue in front of a WebSocket; times are on the running loop's clock.

    Args:
        websocket: Where the messages go.
        faults: Stalls hold messages back.
        opened_at: When the connection was opened.
    """

    def __init__(self, websocket: WebSocket, faults: FaultPlan, opened_at: float) -> None:
        self._websocket = websocket
        self._faults = faults
        self._opened_at = opened_at
        self._waiting: asyncio.Queue[_Waiting] = asyncio.Queue(_MOST_WAITING)

    async def put(self, message: dict[str, object], *, delay: float = 0.0) -> None:
        """Send `message` in `delay` seconds, or right after what was put before, if that is later."""
        await self._waiting.put(_Waiting(asyncio.get_running_loop().time() + delay, message))

    async def finish(self) -> None:
        """After everything that was put, `run` returns."""
        await self._waiting.put(_Waiting(0.0, None))

    async def run(self) -> None:
        """Send until `finish`, or until the connection is gone."""
        loop = asyncio.get_running_loop()
        while True:
            due, message = await self._waiting.get()
            if message is None:
                return
            delay = due - loop.time()
            if delay > 0:
                await asyncio.sleep(delay)
            await self._faults.wait_out_stall(self._opened_at)
            await self._websocket.send_text(orjson.dumps(message).decode())


async def close_quietly(websocket: WebSocket, code: int, reason: str = "") -> None:
    """Close, unless it is closed already or the peer is gone, when there is nobody to tell."""
    if websocket.application_state is WebSocketState.CONNECTED:
        with contextlib.suppress(WebSocketDisconnect, RuntimeError):
            await websocket.close(code, reason)


def log_unexpected(task: "asyncio.Task[None]") -> None:
    """Log what ended a finished task, unless it was the peer's going away."""
    error = None if task.cancelled() else task.exception()
    if error is not None and not isinstance(error, WebSocketDisconnect):
        logger.opt(exception=error).error("a simulated deepgram connection failed")
