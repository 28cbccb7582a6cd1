"""A Starlette WebSocket as the transport's `TextSocket`."""

from collections.abc import Callable
from contextlib import suppress

from starlette.websockets import WebSocket, WebSocketDisconnect

from api.stream_listening import Listening
from api.websocket_protocol import DIRECT_EXTENSION, DirectSocket
from bot.transport.socket import SocketClosedError


class StreamSocket:
    """An accepted WebSocket; every way that Starlette and its server say "gone" is a `SocketClosedError`.

    Messages take the short way where the server has one, and ASGI's where it has not.
    """

    def __init__(self, websocket: WebSocket) -> None:
        self._websocket = websocket
        extension = (websocket.scope.get("extensions") or {}).get(DIRECT_EXTENSION, {})
        direct = extension.get("socket")
        self._direct = direct if isinstance(direct, DirectSocket) else None

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

    async def listen(self, take: Callable[[str | bytes], bool]) -> None:
        """Call `take` with each message until it returns False; what it raises is raised here."""
        listening = Listening(take)
        while self._direct is None or not self._direct.take_over(listening.take):
            if not take(await self.receive()):
                return
        await listening.until_over(self.receive())

    def send_now(self, text: str) -> bool:
        """Send one text message if the server can without waiting."""
        return self._direct is not None and self._direct.send_now(text)

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
