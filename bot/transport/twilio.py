"""One Twilio media stream as the media plane's wire.

The socket calls the media plane with each message as it comes in (no queue between them), and what the plane
wants sent is sent at once; only if the peer is slow does it wait, for one writer task. Nothing a peer sends can
raise out of here, and a peer that stops reading, floods nonsense or vanishes ends the stream with a reason.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar
from uuid import uuid4

from loguru import logger

from bot.media.format import TELEPHONE, MediaFormat
from bot.transport.fault_meter import FaultMeter
from bot.transport.outgoing import OutgoingQueue
from bot.transport.ports import MediaReceiver, StreamEnd
from bot.transport.socket import SocketClosedError, TextSocket
from bot.transport.twilio_messages import (
    MULAW,
    ConnectedMessage,
    DtmfMessage,
    MalformedMessageError,
    MarkMessage,
    MediaMessage,
    StartMessage,
    StopMessage,
    TwilioMessage,
    parse_twilio_message,
)
from bot.transport.twilio_serializer import SAMPLE_RATE, TwilioSerializer

_POLICY_VIOLATION = 1008  # RFC 6455, section 7.4.1
_Item = TypeVar("_Item", bytes, str)


@dataclass(frozen=True, slots=True)
class TwilioLimits:
    """How much of a peer's misbehaviour is borne."""

    handshake_seconds: float = 5.0
    """From the socket's opening to the `start` message."""
    send_seconds: float = 10.0
    """Longest that one message may wait for a peer that does not read."""
    close_seconds: float = 2.0
    """Longest that closing may take before the socket is simply left."""
    max_faults: int = 50
    """Malformed or misplaced messages borne within `fault_window_seconds`; one more ends the stream."""
    fault_window_seconds: float = 60.0
    max_queued: int = 256
    """Messages waiting to be sent. The plane paces its audio, so more means that the peer does not read."""


class HandshakeError(Exception):
    """No usable `start` came.

    Attributes:
        reason: `timeout`, `connection_lost`, `stopped`, `malformed` or `unsupported_media_format`.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class StreamStart:
    """What `start` said. Ids other than `stream_sid` are empty where the peer sent none."""

    stream_sid: str
    """As sent; a made-up one if the peer sent none."""
    call_sid: str = ""
    account_sid: str = ""
    custom_parameters: Mapping[str, str] = field(default_factory=dict)
    encoding: str = MULAW
    sample_rate: int = SAMPLE_RATE


class TwilioTransport:
    """Receives from and sends to one Twilio media stream; a `CallTransport`.

    Use: `await handshake()`, then `await run(receiver)`, which returns once the stream is over, with the
    socket closed and no task left. The `send_…` methods may be called at any time and do nothing once it is
    over.

    Attributes:
        faults: What the peer sent wrong so far.
    """

    def __init__(self, socket: TextSocket, limits: TwilioLimits | None = None) -> None:
        self._socket = socket
        self._limits = limits or TwilioLimits()
        self.faults = FaultMeter(self._limits.max_faults, self._limits.fault_window_seconds)
        self._outgoing = OutgoingQueue(self._limits.max_queued)
        self._start: StreamStart | None = None
        self._sent_sid = ""  # the stream's id as the peer sent it; empty if it sent none
        self._serializer = TwilioSerializer("")
        self._read_end: StreamEnd | None = None
        self._closing = asyncio.Event()

    @property
    def media_format(self) -> MediaFormat:
        """What Twilio streams."""
        return TELEPHONE

    @property
    def dropped_audio(self) -> int:
        """Audio messages given up so far because the peer read too slowly."""
        return self._outgoing.dropped_audio

    async def handshake(self) -> StreamStart:
        """Wait for `start`.

        Raises:
            HandshakeError: It did not come in time, or cannot be served. The socket is still to be closed.
        """
        try:
            async with asyncio.timeout(self._limits.handshake_seconds):
                message = await self._receive_start()
        except TimeoutError:
            raise HandshakeError("timeout") from None
        except SocketClosedError:
            raise HandshakeError("connection_lost") from None
        if (message.encoding, message.sample_rate, message.channels) != (MULAW, SAMPLE_RATE, 1):
            raise HandshakeError("unsupported_media_format")
        self._sent_sid = message.stream_sid
        self._start = StreamStart(
            stream_sid=message.stream_sid or f"MZ{uuid4().hex}",
            call_sid=message.call_sid,
            account_sid=message.account_sid,
            custom_parameters=message.custom_parameters,
            encoding=message.encoding,
            sample_rate=message.sample_rate,
        )
        self._serializer = TwilioSerializer(self._start.stream_sid)
        return self._start

    async def run(self, receiver: MediaReceiver) -> StreamEnd:
        """Serve the stream until it is over; the socket is closed and no task is left when this returns.

        Args:
            receiver: Called from this loop for everything that comes in. What it raises ends the stream and
                is raised here.

        Raises:
            RuntimeError: `handshake` has not succeeded.
        """
        if self._start is None:
            raise RuntimeError("handshake() comes before run()")
        reader = asyncio.create_task(self._read(receiver), name="twilio-reader")
        writer = asyncio.create_task(self._write(), name="twilio-writer")
        closing = asyncio.create_task(self._closing.wait(), name="twilio-closing")
        tasks = (reader, writer, closing)
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            if self._closing.is_set():
                return StreamEnd.CLOSED_BY_US
            # `stop` says more than a send that failed in the same moment.
            end = reader.result() if reader.done() else writer.result()
            if end is StreamEnd.MALFORMED:
                await self.close(_POLICY_VIOLATION, "too many malformed messages")
            return end
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self.close()
            self._log_faults(self._start.stream_sid)

    async def close(self, code: int = 1000, reason: str = "") -> None:
        """End the stream and close the socket; what was queued is dropped. Closing twice does nothing."""
        if self._closing.is_set():
            return
        self._closing.set()
        try:
            async with asyncio.timeout(self._limits.close_seconds):
                await self._socket.close(code, reason)
        except (TimeoutError, SocketClosedError):
            logger.debug("The media stream's socket was gone before it could be closed")

    def send_audio(self, payload: bytes) -> None:
        """Send µ-law bytes, or queue them; when the queue is full the oldest audio in it is given up."""
        if payload and not self._closing.is_set() and not self._sent_now(self._serializer.media, payload):
            self._outgoing.put_audio(payload)

    def send_mark(self, name: str) -> None:
        """Send a mark behind everything sent and queued so far."""
        if not self._closing.is_set() and not self._sent_now(self._serializer.mark, name):
            self._outgoing.put_mark(name)

    def send_clear(self) -> None:
        """Send `clear` before anything else and drop queued audio; queued marks follow the clear."""
        if self._closing.is_set():
            return
        if not (self._outgoing.idle and self._socket.send_now(self._serializer.clear())):
            self._outgoing.clear()

    def _sent_now(self, serialize: Callable[[_Item], str], item: _Item) -> bool:
        """Send past the writer, who would have to be woken first, unless it has something to send before this."""
        return self._outgoing.idle and self._socket.send_now(serialize(item))

    async def _write(self) -> StreamEnd:
        while True:
            text = await self._outgoing.next_message(self._serializer)
            try:
                async with asyncio.timeout(self._limits.send_seconds):
                    await self._socket.send(text)
            except (TimeoutError, SocketClosedError):
                return StreamEnd.CONNECTION_LOST

    async def _receive_start(self) -> StartMessage:
        while True:
            try:
                message = parse_twilio_message(await self._socket.receive())
            except MalformedMessageError as error:
                self.faults.count_malformed(error.reason, error.where)
            else:
                if isinstance(message, StartMessage):
                    return message
                if isinstance(message, StopMessage):
                    raise HandshakeError("stopped")
                if not isinstance(message, ConnectedMessage):
                    self.faults.count_misplaced(type(message).__name__)
            if self.faults.too_many:
                raise HandshakeError("malformed")

    async def _read(self, receiver: MediaReceiver) -> StreamEnd:
        try:
            await self._socket.listen(partial(self._take, receiver))
        except SocketClosedError:
            return StreamEnd.CONNECTION_LOST
        return self._read_end or StreamEnd.CONNECTION_LOST

    def _take(self, receiver: MediaReceiver, raw: str | bytes) -> bool:
        """Take one message; False if it ends the stream."""
        try:
            message = parse_twilio_message(raw)
        except MalformedMessageError as error:
            self.faults.count_malformed(error.reason, error.where)
        else:
            if self._deliver(message, receiver):
                return True
            if isinstance(message, StopMessage) and self._is_ours(message.stream_sid):
                self._read_end = StreamEnd.STOPPED
                return False
            self.faults.count_misplaced(type(message).__name__)
        if self.faults.too_many:
            self._read_end = StreamEnd.MALFORMED
            return False
        return True

    def _deliver(self, message: TwilioMessage, receiver: MediaReceiver) -> bool:
        """Hand a message of this stream to the receiver; False if it is none of its business."""
        if isinstance(message, MediaMessage) and self._is_ours(message.stream_sid):
            if message.payload:
                receiver.receive_audio(message.payload)
            return True
        if isinstance(message, MarkMessage) and self._is_ours(message.stream_sid):
            receiver.mark_played(message.name)
            return True
        if isinstance(message, DtmfMessage) and self._is_ours(message.stream_sid):
            receiver.receive_dtmf(message.digit)
            return True
        return False

    def _is_ours(self, stream_sid: str) -> bool:
        """Whether a message belongs to this stream; a peer that names none, here or at first, is believed."""
        return stream_sid == self._sent_sid or not stream_sid or not self._sent_sid

    def _log_faults(self, stream_sid: str) -> None:
        if self.faults.malformed or self.faults.misplaced or self.dropped_audio:
            logger.bind(stream_sid=stream_sid).warning(
                "Media stream ended after {} malformed and {} misplaced messages, {} audio messages dropped",
                self.faults.malformed,
                self.faults.misplaced,
                self.dropped_audio,
            )
