"""Deepgram's live speech-to-text for one call, written for a caller who must never go unheard.

Audio is accepted from the first moment, connected or not; a lost connection is made anew within a second and
what it had not settled is sent again; a Finalize is answered once, by its last answer. Protocol: Deepgram
`/v1/listen` (binary audio; `KeepAlive`, `Finalize`, `CloseStream`).
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace

from websockets.asyncio.client import ClientConnection

from bot.media.format import MediaFormat
from bot.media.uplink import USUAL_PIECES
from bot.services.audio_backlog import AudioBacklog
from bot.services.deepgram_socket import live_url, send_at_once, send_within_deadline, takes_at_once
from bot.services.kept_connection import KeptConnection
from bot.services.listen_result import ListenResult, parse_result
from config.errors import VendorError

BACKLOG_SECONDS = 15.0
SEND_BYTES_SECONDS = 1.0
"""Most audio in one message while catching up."""
KEEP_ALIVE_SECONDS = 4.0
FINALIZE_ANSWER_SECONDS = 1.0
"""A Finalize that Deepgram had nothing to say to may go unanswered; after this it is forgotten."""
SILENT_PEER_SECONDS = 1.9
"""Nothing at all after a Finalize for this long: the connection is taken for dead, once."""
ANSWER_SLACK_SECONDS = 0.05
"""Rounding of positions in an answer."""


@dataclass(frozen=True, slots=True)
class ListenOptions:
    """How a call is transcribed.

    Attributes:
        base_url: `ws(s)://host` of Deepgram or a stand-in.
        api_key: Its key.
        model: For instance `nova-3`.
        language: BCP 47.
        media_format: Format of the audio given to `send_audio`.
    """

    base_url: str
    api_key: str
    model: str
    language: str
    media_format: MediaFormat

    def url(self) -> str:
        """Address with all parameters.

        Deepgram's own endpointing is off: pauses are found by the local voice activity model, and almost
        every final then comes at once from a Finalize.
        """
        return live_url(
            self.base_url,
            "/v1/listen",
            {
                "model": self.model,
                "language": self.language,
                "encoding": self.media_format.encoding.value,
                "sample_rate": self.media_format.sample_rate,
                "channels": 1,
                "interim_results": True,
                "endpointing": False,
                "punctuate": True,
                "smart_format": True,
            },
        )


@dataclass(frozen=True, slots=True)
class _Finalize:
    """One in flight: how much audio (byte offset) it was to settle, and when it was sent."""

    offset: int
    sent_at: float


class DeepgramListener:
    """One call's connection; an `AudioConsumer` for the media plane.

    Args:
        options: How to transcribe.
        on_result: Called with each result and whether it settles the caller's last pause.
        on_failure: Called once when Deepgram refuses for good.
    """

    pieces = USUAL_PIECES

    def __init__(
        self,
        options: ListenOptions,
        on_result: Callable[[ListenResult, bool], None],
        on_failure: Callable[[VendorError], None],
    ) -> None:
        self._on_result = on_result
        self._format = options.media_format
        self._backlog = AudioBacklog(self._format.byte_count(BACKLOG_SECONDS))
        self._most_bytes = self._format.byte_count(SEND_BYTES_SECONDS)
        self._finalize_at: list[int] = []
        self._unanswered: list[_Finalize] = []
        self._silent_since: float | None = None
        self._trusts_silence = False
        self._base_offset = 0
        self._sent_at = 0.0
        self._resting: ClientConnection | None = None
        """The connection, while nothing waits to be sent over it."""
        self._wake = asyncio.Event()
        self._connection = KeptConnection(options.url(), options.api_key, self, on_failure)

    @property
    def connected(self) -> asyncio.Event:
        """Set while there is a connection."""
        return self._connection.connected

    @property
    def reconnections(self) -> int:
        """Connections that were lost so far."""
        return self._connection.reconnections

    def start(self) -> None:
        """Begin connecting; audio may be sent before and meanwhile."""
        self._connection.start()

    def send_audio(self, payload: bytes) -> None:
        """Take audio; never blocks."""
        self._backlog.append(payload)
        if not self._sent_at_once():
            self._wake.set()

    def finalize(self) -> None:
        """Have everything sent so far settled."""
        self._finalize_at.append(self._backlog.end)
        self._wake.set()

    async def close(self) -> None:
        """End the stream and free everything; idempotent."""
        await self._connection.close()

    # --- over the connection ------------------------------------------------------------------------------

    def opened(self) -> None:
        """What was not settled is sent again, and asked to be settled again."""
        self._base_offset = self._backlog.rewind()
        self._silent_since = None
        if self._unanswered:
            self._unanswered.clear()
            self._finalize_at.append(self._backlog.end)
        self._wake.set()

    async def write(self, socket: ClientConnection) -> None:
        """Send Finalizes, KeepAlives, and the audio that could not be sent at once.

        Raises:
            TimeoutError: The peer takes or answers nothing.
        """
        self._sent_at = asyncio.get_running_loop().time()
        while True:
            self._wake.clear()
            await self._drain(socket)
            if self._is_dead():
                self._trusts_silence = True
                raise TimeoutError
            if not await self._woken(socket):
                await self._send(socket, '{"type":"KeepAlive"}')

    async def _woken(self, socket: ClientConnection) -> bool:
        """Rest until something has to wait; False when nothing was sent for so long that it is time to."""
        loop = asyncio.get_running_loop()
        self._resting = socket
        try:
            while loop.time() < (due := self._sent_at + KEEP_ALIVE_SECONDS):
                with suppress(TimeoutError):
                    async with asyncio.timeout_at(due):
                        await self._wake.wait()
                        return True
        finally:
            self._resting = None
        return False

    def _sent_at_once(self) -> bool:
        """Send what there is in this very step, without waking a task, if nothing before it has to wait."""
        socket = self._resting
        if not self._backlog.unsent:
            return True  # an empty message would end the stream
        if socket is None or self._finalize_at or self._is_dead() or not takes_at_once(socket):
            return False
        send_at_once(socket, self._backlog.take(self._most_bytes))
        self._sent_at = asyncio.get_running_loop().time()
        return not self._backlog.unsent

    async def _send(self, socket: ClientConnection, message: str | bytes) -> None:
        await send_within_deadline(socket, message)
        self._sent_at = asyncio.get_running_loop().time()

    async def _drain(self, socket: ClientConnection) -> None:
        while True:
            if self._finalize_at and self._finalize_at[0] <= self._backlog.unsent_from:
                self._unanswered.append(_Finalize(self._finalize_at.pop(0), asyncio.get_running_loop().time()))
                if self._silent_since is None:
                    self._silent_since = self._unanswered[-1].sent_at
                await self._send(socket, '{"type":"Finalize"}')
            elif self._backlog.unsent:
                limit = self._most_bytes
                if self._finalize_at:
                    limit = min(limit, self._finalize_at[0] - self._backlog.unsent_from)
                await self._send(socket, self._backlog.take(limit))
            else:
                return

    def _is_dead(self) -> bool:
        """True when not a single message came after a Finalize that is due to be answered.

        Audio keeps this being asked. A peer may have nothing to say to a Finalize, and making a new connection
        does not change that: so it is believed until a connection speaks again.
        """
        if self._silent_since is None or self._trusts_silence:
            return False
        return asyncio.get_running_loop().time() - self._silent_since > SILENT_PEER_SECONDS

    def receive(self, message: str | bytes) -> None:
        """Settle and report what a result says."""
        self._silent_since = None
        result = parse_result(message)
        if result is None:
            return
        self._trusts_silence = False
        # Deepgram counts from the start of its connection; everybody else from the start of the call.
        result = replace(result, end_seconds=result.end_seconds + self._format.seconds(self._base_offset))
        if result.is_final:
            self._backlog.settle(self._format.byte_count(result.end_seconds))
        self._on_result(result, self._settles(result))

    def _settles(self, result: ListenResult) -> bool:
        """True for the answer to the last Finalize in flight; earlier answers are overtaken by later speech.

        A final that covers everything up to that Finalize is an answer too, marked as one or not: some servers
        of this protocol know no `from_finalize`.
        """
        if not result.from_finalize:
            return self._covers_all(result)
        oldest = asyncio.get_running_loop().time() - FINALIZE_ANSWER_SECONDS
        answered = self._format.byte_count(result.end_seconds + ANSWER_SLACK_SECONDS)
        # The first, and with it those that had no answer of their own although their audio is covered.
        self._unanswered = [f for f in self._unanswered[1:] if f.offset > answered and f.sent_at > oldest]
        return not self._unanswered and not self._finalize_at

    def _covers_all(self, result: ListenResult) -> bool:
        if not result.is_final or not result.text or not self._unanswered or self._finalize_at:
            return False
        covered = self._format.byte_count(result.end_seconds + ANSWER_SLACK_SECONDS)
        if self._unanswered[-1].offset > covered:
            return False
        self._unanswered.clear()
        return True
