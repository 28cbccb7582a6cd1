"""Deepgram's Flux for one call: speech-to-text that finds the ends of the caller's turns itself.

Audio is accepted from the first moment and what was not settled is sent again on a new connection, as in
`deepgram_listen.py`. Protocol: Deepgram `/v2/listen` (binary audio, 80 ms a message; `ForceEndTurn`,
`CloseStream`). It knows no Finalize and no KeepAlive; it counts time by the audio alone, so a line on which
nothing comes is filled with silence, or no turn would end on it.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from loguru import logger
from websockets.asyncio.client import ClientConnection

from bot.media.uplink import PieceSizes
from bot.services.audio_backlog import AudioBacklog
from bot.services.deepgram_socket import send_within_deadline
from bot.services.flux_options import FluxOptions
from bot.services.kept_connection import KeptConnection
from bot.services.listen_result import ListenResult
from bot.services.stream_positions import StreamPositions
from bot.services.turn_info import FatalError, TurnInfo, TurnInfoEvent, parse_turn_info
from bot.speculation import same_words
from config.errors import VendorError

BACKLOG_SECONDS = 30.0
"""A turn is settled as a whole, so a whole turn is kept."""
QUIET_KEPT_SECONDS = 1.0
"""Kept of the audio before a turn: Flux is sure of a first word only after it."""
SEND_BYTES_SECONDS = 1.0
"""Most audio in one message while catching up."""
EMPTY_LINE_SECONDS = 0.5
"""Without audio for this long, as much silence is sent."""
SILENT_PEER_SECONDS = 1.9
"""Nothing at all after the caller's pause for this long: the connection is taken for dead, once. Flux speaks four
times a second of audio."""
FORCED_END_SECONDS = 1.0
"""A turn that Flux was told to end, and has not ended by then, is ended without it."""
MOST_ERRORS = 3
"""Fatal errors in a row, without a turn event between them: Flux will not serve this call."""


@dataclass(frozen=True, slots=True)
class FluxHooks:
    """Who is told what.

    Attributes:
        on_result: Each change of the turn's words, and whether they are final: the turn is over then.
        on_likely_end: The turn has probably ended with these words; None: it goes on after all.
        on_failure: Called once when Flux refuses for good.
    """

    on_result: Callable[[ListenResult, bool], None]
    on_likely_end: Callable[[str | None], None]
    on_failure: Callable[[VendorError], None]


class FluxListener:
    """One call's connection; an `AudioConsumer` for the media plane.

    Args:
        options: How to transcribe.
        hooks: Who is told.
    """

    pieces = PieceSizes(interruption=0.08, speech=0.08, silence=0.08)

    def __init__(self, options: FluxOptions, hooks: FluxHooks) -> None:
        self.options = options
        self._hooks = hooks
        self._format = options.media_format
        self._backlog = AudioBacklog(self._format.byte_count(BACKLOG_SECONDS))
        self._positions = StreamPositions(self._format, 0)
        self._text = ""
        self._text_end_seconds = 0.0
        self._confidence = 0.0
        self._force = False
        self._forced_end: asyncio.TimerHandle | None = None
        self._abandon = False
        self._silent_since: float | None = None
        self._trusts_silence = False
        self._errors = 0
        self._wake = asyncio.Event()
        self._connection = KeptConnection(options.url(), options.api_key, self, hooks.on_failure)

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
        self._wake.set()

    def finalize(self) -> None:
        """The caller paused. Flux finds the end itself; only that it is still there must show by now."""
        if self._silent_since is None:
            self._silent_since = asyncio.get_running_loop().time()

    def end_turn(self) -> None:
        """End the turn with the words known so far, within `FORCED_END_SECONDS`; nothing where there are none."""
        if self._text and self._forced_end is None:
            self._force = True
            self._wake.set()
            loop = asyncio.get_running_loop()
            self._forced_end = loop.call_later(FORCED_END_SECONDS, self._end_without_flux)

    async def close(self) -> None:
        """End the stream and free everything; idempotent."""
        self._forget_force()
        await self._connection.close()

    # --- over the connection ------------------------------------------------------------------------------

    def opened(self) -> None:
        """The turn so far is sent again, from its beginning."""
        self._positions = StreamPositions(self._format, self._backlog.rewind())
        self._silent_since = None
        self._abandon = False
        self._wake.set()

    async def write(self, socket: ClientConnection) -> None:
        """Send audio as it comes, and silence where none does.

        Raises:
            TimeoutError: The peer takes nothing, says nothing, or did not end a turn when told to.
        """
        piece, silence = self._format.byte_count(SEND_BYTES_SECONDS), self._format.silence(EMPTY_LINE_SECONDS)
        while True:
            self._wake.clear()
            while self._backlog.unsent:
                payload = self._backlog.take(piece)
                self._positions.sent(len(payload))
                await send_within_deadline(socket, payload)
            if self._force:
                self._force = False
                await send_within_deadline(socket, '{"type":"ForceEndTurn"}')
            if self._abandon or self._is_dead():
                raise TimeoutError
            try:
                async with asyncio.timeout(EMPTY_LINE_SECONDS):
                    await self._wake.wait()
            except TimeoutError:
                self._positions.padded(len(silence))
                await send_within_deadline(socket, silence)

    def receive(self, message: str | bytes) -> None:
        """Follow the turn."""
        self._silent_since = None
        info = parse_turn_info(message)
        if isinstance(info, FatalError):
            self._refused(info)
        elif info is not None:
            self._errors = 0
            self._trusts_silence = False
            self._follow(info)

    def _follow(self, info: TurnInfo) -> None:
        if info.event is TurnInfoEvent.END_OF_TURN:
            self._note(info)
            self._settle(self._positions.call_seconds(info.heard_seconds))
            self._end()
            return
        if info.event is TurnInfoEvent.TURN_RESUMED:
            self._hooks.on_likely_end(None)
        if not info.text:
            if not self._text:
                self._settle(self._positions.call_seconds(info.heard_seconds) - QUIET_KEPT_SECONDS)
            return
        if self._note(info):
            self._hooks.on_result(self._result(is_final=False), False)
        if info.event is TurnInfoEvent.EAGER_END_OF_TURN:
            self._hooks.on_likely_end(info.text)

    def _note(self, info: TurnInfo) -> bool:
        """Take over what is known of the turn; True when its words have changed."""
        if not info.text:
            return False
        changed = not same_words(info.text, self._text)
        self._text, self._confidence = info.text, info.confidence
        if changed:
            # Flux may not say where its words are; then where they were first heard of is not moved by repetition.
            self._text_end_seconds = self._positions.call_seconds(info.words_end_seconds)
        return changed

    def _result(self, *, is_final: bool) -> ListenResult:
        return ListenResult(
            text=self._text,
            is_final=is_final,
            from_finalize=False,
            confidence=self._confidence,
            end_seconds=self._text_end_seconds,
        )

    def _end(self) -> None:
        result = self._result(is_final=True)
        self._forget_force()
        self._text = ""
        if result.text:
            self._hooks.on_result(result, True)

    def _end_without_flux(self) -> None:
        logger.bind(vendor="deepgram").warning("Flux did not end a turn when told to")
        self._forced_end = None
        # What is said next must not come with these words once more.
        self._backlog.settle(self._backlog.end)
        self._abandon = True
        self._wake.set()
        self._end()

    def _forget_force(self) -> None:
        self._force = False
        if self._forced_end is not None:
            self._forced_end.cancel()
            self._forced_end = None

    def _settle(self, seconds: float) -> None:
        self._backlog.settle(self._format.byte_count(max(seconds, 0.0)))

    def _is_dead(self) -> bool:
        """True when not a single message came since the caller's pause; believed of a peer only once in a row."""
        if self._silent_since is None or self._trusts_silence:
            return False
        self._trusts_silence = asyncio.get_running_loop().time() - self._silent_since > SILENT_PEER_SECONDS
        return self._trusts_silence

    def _refused(self, error: FatalError) -> None:
        self._errors += 1
        logger.bind(vendor="deepgram", code=error.code).error("Flux ended the connection with an error")
        if self._errors == MOST_ERRORS:
            message = f"Flux refuses this call ({error.code}): check DEEPGRAM_STT_MODEL."
            self._hooks.on_failure(VendorError("deepgram", message, permanent=True))
