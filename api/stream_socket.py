"""A Starlette WebSocket as the transport's `TextSocket`."""

from contextlib import suppress

from starlette.websockets import WebSocket, WebSocketDisconnect

from bot.transport.socket import SocketClosedError


class StreamSocket:
    """An accepted WebSocket; every way that Starlette and its server say "gone" is a `SocketClosedError`."""

    def __init__(self, websocket: WebSocket) -> None:
        self._websocket = websocket

    async def receive(self) -> str | bytes:
        """Wait for the next text or binary message."""
        try:
            message = await self._websocket.receive()
        except RuntimeError:  # it was told of the disconnect before
            raise SocketClosedError from None
        if message["type"] == "websocket.disconnect":
            raise SocketClosedError
        text: str | None = message.get("text")
        data: bytes | None = message.get("bytes")
        return text if text is not None else data or b""

    async def send(self, text: str) -> None:
        """Send one text message."""
        try:
            await self._websocket.send_text(text)
        except (WebSocketDisconnect, RuntimeError, OSError):  # gone, or a close was sent before
            raise SocketClosedError from None

    async def close(self, code: int = 1000, reason: str = "") -> None:
        """Close; does nothing if either side has."""
        with suppress(WebSocketDisconnect, RuntimeError, OSError):
            await self._websocket.close(code, reason)
