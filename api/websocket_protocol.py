"""uvicorn's WebSocket protocol, with a short way for the messages of media streams.

By ASGI every message is queued, reading stops until the application has fetched it (two system calls), and a task
is woken: too much for fifty messages a second and call. Here an application that asks for it is called with each
message as it comes in, and can send without waiting. It asks by an ASGI extension, so that the same application
runs on any server. Everything else of the protocol stays uvicorn's.
"""

from collections.abc import Callable
from http import HTTPStatus
from typing import Protocol, runtime_checkable

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request
from websockets.protocol import State

from api.websocket_frames import FrameCutter

DIRECT_EXTENSION = "phone_agent.direct"
"""Key in the scope's `extensions`; below it, `socket` is the connection's `DirectSocket`."""

MessageTaker = Callable[[str | bytes], None]


@runtime_checkable
class DirectSocket(Protocol):
    """A connection whose messages need not go through ASGI."""

    def take_over(self, taker: MessageTaker) -> bool:
        """Have every further message given to `taker`, which must not raise, in the step in which it arrives.

        Returns:
            False, and nothing changes, while messages wait to be received by ASGI. The end of the connection is
            always told by ASGI.
        """
        ...

    def send_now(self, text: str) -> bool:
        """Send a text message without waiting; False, and nothing is sent, if the peer is slow or about to go."""
        ...


class DirectWebSocketProtocol(WebSocketsSansIOProtocol):
    """One connection; a `DirectSocket`.

    Bytes that came before the handshake was answered have to be read by uvicorn's parser; it has then to read the
    rest, too.
    """

    _cutter: FrameCutter | None = None
    _early_bytes = False
    _taker: MessageTaker | None = None
    _offer: dict[object, object] | None = None

    def handle_connect(self, event: Request) -> None:
        """Offer the extension to the application."""
        super().handle_connect(event)
        if self.response.status_code == HTTPStatus.SWITCHING_PROTOCOLS:
            self._offer = {"socket": self}
            self.scope["extensions"] = {**(self.scope["extensions"] or {}), DIRECT_EXTENSION: self._offer}

    def connection_lost(self, exc: Exception | None) -> None:
        """Let go of the application, so that neither is left to the garbage collector."""
        super().connection_lost(exc)
        self._taker = None
        if self._offer is not None:
            self._offer.clear()

    def data_received(self, data: bytes) -> None:
        """Take bytes from the network."""
        if not self.handshake_complete:
            self._early_bytes = self.handshake_initiated  # the request itself comes in one piece, by itself
            super().data_received(data)
            return
        if self._early_bytes:
            super().data_received(data)
            return
        if self._cutter is None:
            self._cutter = FrameCutter()
        for cut in self._cutter.cut(data):
            if self.transport.is_closing():
                return
            if cut.is_text:
                self.frames = [cut.data]
                self.curr_msg_data_type = "text"
                self.send_receive_event_to_app()
            else:
                super().data_received(cut.data)

    def send_receive_event_to_app(self) -> None:
        """Give a whole message to whom it belongs."""
        if self._taker is None or self.close_sent:
            super().send_receive_event_to_app()
            return
        data = self.frames[0] if len(self.frames) == 1 else b"".join(self.frames)
        if self.curr_msg_data_type != "text":
            self.frames = []
            self._taker(bytes(data))
            return
        try:
            text = str(data, "utf-8")
        except UnicodeDecodeError:
            super().send_receive_event_to_app()  # which ends the connection as the protocol wants it
            return
        self.frames = []
        self._taker(text)

    def take_over(self, taker: MessageTaker) -> bool:
        """See `DirectSocket`."""
        if not self.queue.empty():
            return False
        self._taker = taker
        return True

    def send_now(self, text: str) -> bool:
        """See `DirectSocket`."""
        usable = self.conn.state is State.OPEN and not (self.close_sent or self.disconnected)
        if not usable or not self.writable.is_set() or self.transport.is_closing():
            return False
        self.conn.send_text(text.encode())
        self.transport.write(b"".join(self.conn.data_to_send()))
        return True
