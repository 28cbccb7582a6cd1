"""A WebSocket client that writes without awaiting and says when bytes arrived.

The usual client costs a task, a queue hop and a coroutine per message. A load generator that must keep its
own lateness under 10 ms at a hundred calls uses the same library's protocol core (`websockets.client`)
directly on an asyncio transport: a frame is sent in the tick that it is due in, and a received message is
stamped in the very callback that the socket became readable in.
"""

import asyncio
import ssl
import time
from collections.abc import Mapping
from typing import Protocol

from websockets.client import ClientProtocol
from websockets.exceptions import InvalidHandshake, InvalidStatus
from websockets.frames import Frame, Opcode
from websockets.http11 import Response
from websockets.protocol import State
from websockets.uri import parse_uri

_MAX_UNSENT_BYTES = 1_000_000
_MAX_MESSAGE_BYTES = 4 * 2**20


class HandshakeRefusedError(Exception):
    """The server did not accept the WebSocket.

    Attributes:
        status: The HTTP status that it answered; None when it did not answer.
    """

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class SocketListener(Protocol):
    """Gets what happens on a socket, on the event loop."""

    def on_message(self, data: bytes, is_text: bool, received_at: float) -> None:
        """One whole message, with the `time.perf_counter` at which its last bytes arrived."""

    def on_closed(self, code: int | None, reason: str) -> None:
        """The socket is gone; called once. The code is None when there was no closing handshake."""


class MediaSocket(asyncio.Protocol):
    """One WebSocket connection; make it with `open_socket`."""

    def __init__(self, url: str, headers: Mapping[str, str], listener: SocketListener) -> None:
        self._protocol = ClientProtocol(parse_uri(url), max_size=_MAX_MESSAGE_BYTES)
        self._headers = headers
        self._listener = listener
        self._transport: asyncio.Transport | None = None
        self._fragments: list[bytes] = []
        self._fragments_are_text = True
        self.handshake: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.closed = asyncio.Event()

    @property
    def is_open(self) -> bool:
        """Whether messages can be sent."""
        return self._protocol.state is State.OPEN

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Send the upgrade request."""
        assert isinstance(transport, asyncio.Transport) or hasattr(transport, "write")
        self._transport = transport  # type: ignore[assignment]
        request = self._protocol.connect()
        for name, value in self._headers.items():
            request.headers[name] = value
        self._protocol.send_request(request)
        self._flush()

    def data_received(self, data: bytes) -> None:
        """Hand every whole message on."""
        received_at = time.perf_counter()
        self._protocol.receive_data(data)
        # Pongs and the answer to a close go out before the listener acts on what came with them.
        events = self._protocol.events_received()
        self._flush()
        for event in events:
            if isinstance(event, Response):
                self._finish_handshake()
            elif isinstance(event, Frame):
                self._take_frame(event, received_at)
        if self._protocol.handshake_exc is not None:
            self._finish_handshake()
        if self._protocol.close_rcvd is not None or self._protocol.parser_exc is not None:
            self._drop_transport()

    def eof_received(self) -> None:
        """Let the transport close."""
        self._protocol.receive_eof()

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell the listener, once."""
        if self._protocol.state is not State.CLOSED:
            self._protocol.receive_eof()
        if not self.handshake.done():
            self.handshake.set_exception(HandshakeRefusedError(f"connection lost: {exc or 'closed'}"))
        self.closed.set()
        close = self._protocol.close_rcvd or self._protocol.close_sent
        self._listener.on_closed(close.code if close else None, close.reason if close else "")

    def send_text(self, data: bytes) -> None:
        """Send a text message now; ignored once the socket is closing.

        A server that does not read for long loses the socket rather than this process its memory.
        """
        if self._protocol.state is not State.OPEN or self._transport is None:
            return
        if self._transport.get_write_buffer_size() > _MAX_UNSENT_BYTES:
            self.abort()
            return
        self._protocol.send_text(data)
        self._flush()

    def send_binary(self, data: bytes) -> None:
        """Send a binary message, which Twilio never does."""
        if self.is_open:
            self._protocol.send_binary(data)
            self._flush()

    def close(self, code: int = 1000, reason: str = "") -> None:
        """Begin the closing handshake."""
        if self.is_open:
            self._protocol.send_close(code, reason)
            self._flush()

    def abort(self) -> None:
        """Drop the connection as a cut cable would: no closing handshake."""
        if self._transport is not None:
            self._transport.abort()

    async def wait_closed(self, timeout: float) -> None:
        """Wait for the end of the connection; after `timeout` seconds it is dropped."""
        try:
            await asyncio.wait_for(self.closed.wait(), timeout)
        except TimeoutError:
            self.abort()

    def _finish_handshake(self) -> None:
        if self.handshake.done():
            return
        error = self._protocol.handshake_exc
        if error is None:
            self.handshake.set_result(None)
            return
        status = error.response.status_code if isinstance(error, InvalidStatus) else None
        refusal = HandshakeRefusedError(str(error), status)
        refusal.__cause__ = error if isinstance(error, InvalidHandshake) else None
        self.handshake.set_exception(refusal)
        self._drop_transport()

    def _take_frame(self, frame: Frame, received_at: float) -> None:
        if frame.opcode in (Opcode.TEXT, Opcode.BINARY):
            self._fragments_are_text = frame.opcode is Opcode.TEXT
            if frame.fin:
                self._listener.on_message(bytes(frame.data), self._fragments_are_text, received_at)
            else:
                self._fragments = [bytes(frame.data)]
        elif frame.opcode is Opcode.CONT:
            self._fragments.append(bytes(frame.data))
            if frame.fin:
                whole, self._fragments = b"".join(self._fragments), []
                self._listener.on_message(whole, self._fragments_are_text, received_at)

    def _flush(self) -> None:
        if self._transport is None or self._transport.is_closing():
            self._protocol.data_to_send()
            return
        for data in self._protocol.data_to_send():
            if data:
                self._transport.write(data)

    def _drop_transport(self) -> None:
        if self._transport is not None:
            self._transport.close()


async def open_socket(
    url: str, headers: Mapping[str, str], listener: SocketListener, *, timeout: float = 10.0
) -> MediaSocket:
    """Connect and finish the upgrade.

    Args:
        url: `ws://` or `wss://`.
        headers: Added to the upgrade request.
        listener: Gets the messages.
        timeout: Seconds for all of it.

    Raises:
        HandshakeRefusedError: No connection, another answer than 101, or no answer in time.
    """
    parsed = parse_uri(url)
    loop = asyncio.get_running_loop()
    socket: MediaSocket | None = None
    try:
        async with asyncio.timeout(timeout):
            _, socket = await loop.create_connection(
                lambda: MediaSocket(url, headers, listener),
                parsed.host,
                parsed.port,
                ssl=ssl.create_default_context() if parsed.secure else None,
            )
            await socket.handshake
    except TimeoutError as error:
        if socket is not None:
            socket.abort()
        raise HandshakeRefusedError(f"no answer within {timeout} s") from error
    except OSError as error:
        raise HandshakeRefusedError(f"cannot connect: {error}") from error
    return socket
