"""Twilio's end of one media stream: messages out, the playout buffer, and strictness about what comes in."""

import asyncio
import time
from collections.abc import Mapping
from enum import StrEnum
from typing import Protocol

from simulator.twilio.faults import NO_FAULTS, CallerFaults
from simulator.twilio.media_socket import MediaSocket, open_socket
from simulator.twilio.messages import (
    CONNECTED,
    MALFORMED_MESSAGE,
    InvalidServerMessageError,
    MessageWriter,
    ServerMark,
    ServerMedia,
    StreamIdentity,
    parse_server_message,
)
from simulator.twilio.notifications import Notification
from simulator.twilio.playout import PlayoutBuffer, PlayoutOverflowError
from simulator.twilio.speech import background

PROTOCOL_ERROR = 31924
_CLOSE_TIMEOUT_SECS = 2.0
_ABNORMAL_CODES = frozenset({None, 1001, 1002, 1003, 1006, 1007, 1008, 1009, 1011})
_CLOSE_ERROR = 31921


class StreamEnd(StrEnum):
    """Who ended a stream."""

    SERVER_CLOSED = "server_closed"
    CALL_LEFT = "call_left"
    PROTOCOL_ERROR = "protocol_error"
    SOCKET_LOST = "socket_lost"


class StreamListener(Protocol):
    """Hears about the stream; every time is a `time.perf_counter`."""

    def on_stream_started(self, at: float) -> None:
        """The `start` message was sent."""

    def on_agent_audio(self, at: float, size: int, playout_was_idle: bool) -> None:
        """A `media` message with so many bytes came in; whether nothing was being played before it."""

    def on_clear(self, at: float) -> None:
        """A `clear` came in."""


class MediaStream:
    """One stream of one call. Open it, tick it every 20 ms, stop it.

    Attributes:
        closed: Set when the socket is gone.
        end: How it ended; None while it runs.
        notifications: Twilio's errors and warnings for this stream.
    """

    def __init__(
        self, identity: StreamIdentity, listener: StreamListener, faults: CallerFaults = NO_FAULTS
    ) -> None:
        self.identity = identity
        self.closed = asyncio.Event()
        self.end: StreamEnd | None = None
        self.notifications: list[Notification] = []
        self.playout = PlayoutBuffer()
        self._listener = listener
        self._faults = faults
        self._writer = MessageWriter(identity, faults)
        self._socket: MediaSocket | None = None
        self._opened_at = 0.0
        self._started = False

    @property
    def is_running(self) -> bool:
        """Whether `start` was sent and the socket is open."""
        return self._started and self.end is None and self._socket is not None and self._socket.is_open

    async def open(self, url: str, headers: Mapping[str, str]) -> None:
        """Connect, then send `connected` and `start`.

        Raises:
            HandshakeRefusedError: The server did not take the WebSocket.
        """
        self._socket = await open_socket(url, headers, self)
        self._send(CONNECTED)
        self._opened_at = time.perf_counter()
        for _ in range(self._faults.media_before_start):
            self.send_media(self._silence())
        self._send(self._writer.start())
        self._started = True
        self._listener.on_stream_started(time.perf_counter())
        for text in self._faults.raw_after_start:
            self._send(text.encode())

    def send_media(self, payload: bytes) -> float:
        """Send one frame (base64) and return when that was."""
        now = time.perf_counter()
        self._send(self._writer.media(payload, int((now - self._opened_at) * 1000)))
        return now

    def play(self) -> bytes:
        """Play the next 20 ms, echo what marks were reached, return the µ-law that is heard now."""
        played = self.playout.play()
        self._echo(played.marks)
        return played.audio

    def send_dtmf(self, digit: str) -> None:
        """Send one key press."""
        self._send(self._writer.dtmf(digit))

    def send_raw(self, text: str) -> None:
        """Send a text as it is."""
        self._send(text.encode())

    async def stop(self) -> None:
        """Leave as Twilio does when the call ends or goes elsewhere: `stop`, then close. Idempotent."""
        if self._socket is None:
            return
        if self.end is None:
            self.end = StreamEnd.CALL_LEFT
            if not self._faults.skip_stop:
                self._send(self._writer.stop())
            for _ in range(self._faults.media_after_stop):
                self.send_media(self._silence())
            self._socket.close()
        await self._socket.wait_closed(_CLOSE_TIMEOUT_SECS)

    def drop(self) -> None:
        """Lose the connection without a word."""
        if self._socket is not None:
            self._socket.abort()

    def on_message(self, data: bytes, is_text: bool, received_at: float) -> None:
        """Act on a message of the server."""
        if self.end is not None:
            return
        try:
            if not is_text:
                raise InvalidServerMessageError(MALFORMED_MESSAGE, "binary message")
            self._apply(data, received_at)
        except (InvalidServerMessageError, PlayoutOverflowError) as error:
            if isinstance(error, InvalidServerMessageError):
                self.notifications.append(Notification(error.code, str(error)))
            self._tear_down(str(error))

    def on_closed(self, code: int | None, reason: str) -> None:
        """Note how the socket ended."""
        if self.end is None:
            self.end = StreamEnd.SOCKET_LOST if code in (None, 1006) else StreamEnd.SERVER_CLOSED
            if code in _ABNORMAL_CODES:
                self.notifications.append(Notification(_CLOSE_ERROR, f"closed with {code} {reason}".strip()))
        self.closed.set()

    def _apply(self, data: bytes, received_at: float) -> None:
        message = parse_server_message(data, self.identity.stream_sid)
        if isinstance(message, ServerMedia):
            was_idle = self.playout.is_idle
            self.playout.add_audio(message.audio)
            self._listener.on_agent_audio(received_at, len(message.audio), was_idle)
        elif isinstance(message, ServerMark):
            self._echo(self.playout.add_mark(message.name))
        else:
            self._listener.on_clear(received_at)
            self._echo(self.playout.clear())

    def _tear_down(self, reason: str) -> None:
        self.end = StreamEnd.PROTOCOL_ERROR
        self.notifications.append(Notification(PROTOCOL_ERROR, reason))
        if self._socket is not None:
            self._socket.close(1002, "protocol error")

    def _echo(self, marks: tuple[str, ...]) -> None:
        if self._faults.no_mark_echoes:
            return
        for name in marks:
            self._send(self._writer.mark(name))

    def _send(self, data: bytes) -> None:
        if self._socket is not None:
            self._socket.send_text(data)

    def _silence(self) -> bytes:
        return background(None, self._faults.silence_byte).payloads[0]
