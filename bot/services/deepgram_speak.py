"""Deepgram's live text-to-speech for one call.

One Flush per piece of text tells which audio belongs to which words (`Flushed` comes after it), which is what
the heard transcript is made of. At most two pieces are under way; what arrives meanwhile is merged, so that a
long reply costs few of the 20 flushes a minute. After a `Clear` everything is dropped until `Cleared`, for
Deepgram's messages carry no id. Protocol: Deepgram `/v1/speak` WebSocket (`Speak`, `Flush`, `Clear`, `Close`).
"""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import orjson
from loguru import logger
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from bot.media.format import MediaFormat
from bot.media.utterance import Utterance
from bot.services.deepgram_socket import (
    RETRY_DELAYS_SECONDS,
    live_url,
    open_socket,
    send_within_deadline,
)
from bot.services.flush_budget import FlushBudget
from bot.services.phrase_cache import PhraseCache
from bot.services.speech_output import SpeechOutput
from config.errors import VendorError

MOST_CHARACTERS = 1800
"""Deepgram takes 2000 characters a message."""
MOST_UNDER_WAY = 2
CLEARED_DEADLINE_SECONDS = 2.0
AUDIO_DEADLINE_SECONDS = 5.0
"""A flushed piece with no further audio or `Flushed` for this long means a stuck connection."""
MOST_ATTEMPTS = 3
LONGEST_BUDGET_WAIT_SECONDS = 0.5
"""A new connection has a budget of its own: where the next flush would take longer than this, one is made."""


@dataclass(frozen=True, slots=True)
class SpeakOptions:
    """How a call's agent sounds.

    Attributes:
        base_url: `ws(s)://host` of Deepgram or a stand-in.
        api_key: Its key.
        voice: Deepgram's model name, for instance `aura-2-thalia-en`.
        media_format: Format of the audio wanted.
    """

    base_url: str
    api_key: str
    voice: str
    media_format: MediaFormat

    def url(self) -> str:
        """Address with all parameters."""
        return live_url(
            self.base_url,
            "/v1/speak",
            {
                "model": self.voice,
                "encoding": self.media_format.encoding.value,
                "sample_rate": self.media_format.sample_rate,
                "container": "none",
            },
        )


@dataclass(slots=True)
class _Piece:
    """Text to speak (`audio` where it was spoken before), or (with `last`) the end of a reply."""

    generation: int
    text: str
    last: bool = False
    audio: bytes | None = None


class DeepgramSpeaker:
    """One call's voice.

    Args:
        options: How to sound.
        output: Playback.
        phrases: What was spoken before; fixed pieces are taken from there, and kept there.
        on_failure: Called once when Deepgram refuses for good or cannot be reached in three attempts.
    """

    def __init__(
        self,
        options: SpeakOptions,
        output: SpeechOutput,
        phrases: PhraseCache,
        on_failure: Callable[[VendorError], None],
    ) -> None:
        self._options = options
        self._output = output
        self._phrases = phrases
        self._fixed: set[str] = set()
        self._on_failure = on_failure
        self._budget = FlushBudget()
        self._waiting: deque[_Piece] = deque()
        self._under_way: deque[Utterance] = deque()
        self._closing_generations: set[int] = set()
        self._clear_wanted = False
        self._cleared_due: float | None = None
        self._progress_at = 0.0
        self._spoke = False
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self.connected = asyncio.Event()

    def start(self) -> None:
        """Begin connecting; text may be given before and meanwhile."""
        self._task = asyncio.get_running_loop().create_task(self._run(), name="deepgram-speak")
        self._task.add_done_callback(self._ended)

    def speak(self, generation: int, text: str, *, fixed: bool = False) -> None:
        """Say a piece of a reply after those already given; at once, and connected or not, if it is known.

        Args:
            generation: Which reply.
            text: What to say.
            fixed: It is the same in every call: its audio may be kept.
        """
        audio = None
        if fixed:
            audio = self._phrases.get(self._options.voice, self._options.media_format, text)
            self._fixed.add(text)
        self._waiting.append(_Piece(generation, text, audio=audio))
        self._pass_on_what_is_ready()
        self._wake.set()

    def finish(self, generation: int) -> None:
        """The reply has no further pieces."""
        self._waiting.append(_Piece(generation, "", last=True))
        self._pass_on_what_is_ready()
        self._wake.set()

    def clear(self) -> None:
        """Drop everything given so far; what playback still holds of it ends where it is."""
        dropped = {piece.generation for piece in self._waiting} | self._closing_generations
        self._waiting.clear()
        self._closing_generations.clear()
        if self._under_way:
            self._clear_wanted = True
            self._wake.set()
        for utterance in self._under_way:
            utterance.cut_text(self._options.media_format)
            self._output.complete(utterance)
            dropped.add(utterance.generation)
        self._under_way.clear()
        for generation in sorted(dropped):
            self._output.finish(generation)

    async def close(self) -> None:
        """Free everything; idempotent."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    # --- connection ---------------------------------------------------------------------------------------

    def _ended(self, task: "asyncio.Task[None]") -> None:
        error = None if task.cancelled() else task.exception()
        if error is not None:
            # A defect of ours; whoever is told can at least end the call.
            logger.opt(exception=error).error("Text-to-speech failed unexpectedly")
            self._on_failure(VendorError("deepgram", "Text-to-speech failed unexpectedly.", permanent=True))

    async def _run(self) -> None:
        attempt = 0
        while True:
            await asyncio.sleep(RETRY_DELAYS_SECONDS[min(attempt, len(RETRY_DELAYS_SECONDS) - 1)])
            try:
                socket = await open_socket(self._options.url(), self._options.api_key)
            except VendorError as error:
                logger.bind(vendor="deepgram", permanent=error.permanent).warning(error.message)
                attempt += 1
                if error.permanent or attempt >= MOST_ATTEMPTS:
                    self._on_failure(error)
                    return
                continue
            await self._serve(socket)
            # Accepting a connection is not enough: one that gives no speech is a failed attempt too.
            attempt = 0 if self._spoke or not self._waiting else attempt + 1
            if attempt >= MOST_ATTEMPTS:
                self._on_failure(VendorError("deepgram", "Deepgram accepts text but does not speak it."))
                return
            while not self._waiting:
                # Deepgram closes idle speak connections; the next one is opened when there is something to say.
                self._wake.clear()
                await self._wake.wait()

    async def _serve(self, socket: ClientConnection) -> None:
        self._budget.reset()
        self._spoke = False
        self._clear_wanted = False
        self._cleared_due = None
        self._progress_at = self._now()
        self.connected.set()
        self._wake.set()
        writer = asyncio.create_task(self._write(socket), name="deepgram-speak-writer")
        try:
            async for message in socket:
                self._receive(message)
        except ConnectionClosed:
            pass  # handled like a clean close: what was under way is said again on the next connection
        finally:
            self.connected.clear()
            writer.cancel()
            await asyncio.gather(writer, return_exceptions=True)
            await socket.close()
        logger.bind(vendor="deepgram", close_code=socket.close_code).info("The speech connection was closed")
        self._requeue()

    def _requeue(self) -> None:
        """What was not said is said on the next connection, from about where a piece was cut in the middle."""
        for utterance in reversed(self._under_way):
            rest = utterance.cut_text(self._options.media_format)
            # Closing its place in playback, empty or not, lets the rest take over.
            self._output.complete(utterance)
            if rest:
                self._waiting.appendleft(_Piece(utterance.generation, rest))
        self._under_way.clear()
        for generation in sorted(self._closing_generations):
            self._finish_if_said(generation)

    # --- writing ------------------------------------------------------------------------------------------

    async def _write(self, socket: ClientConnection) -> None:
        try:
            while True:
                self._wake.clear()
                await self._drain(socket)
                try:
                    async with asyncio.timeout(self._next_check()):
                        await self._wake.wait()
                except TimeoutError:
                    self._check_progress(socket)
        except TimeoutError:
            logger.bind(vendor="deepgram").warning("The speech connection takes no text")
            socket.transport.abort()
        except ConnectionClosed:
            return  # the reader sees the same and reconnects

    async def _drain(self, socket: ClientConnection) -> None:
        if self._clear_wanted:
            self._clear_wanted = False
            self._cleared_due = self._now() + CLEARED_DEADLINE_SECONDS
            await send_within_deadline(socket, '{"type":"Clear"}')
        # The Clear that was just awaited, or the text before, may have taken its time: look again each round.
        while self._waiting and not self._is_clearing and len(self._under_way) < MOST_UNDER_WAY:
            self._pass_on_what_is_ready()
            if not self._waiting:
                return
            if (wait := self._budget.wait_seconds(self._now())) > 0:
                if wait > LONGEST_BUDGET_WAIT_SECONDS and not self._under_way:
                    await socket.close()
                return
            generation, text = self._next_text()
            utterance = self._output.open(generation, text)
            if utterance is None:
                continue
            if not self._under_way:
                self._progress_at = self._now()
            self._under_way.append(utterance)
            self._budget.spend(self._now())
            await send_within_deadline(socket, orjson.dumps({"type": "Speak", "text": text}).decode())
            await send_within_deadline(socket, '{"type":"Flush"}')

    def _pass_on_what_is_ready(self) -> None:
        """Whatever at the head needs no synthesis: phrases spoken before, and ends of replies."""
        while self._waiting and (self._waiting[0].last or self._waiting[0].audio):
            piece = self._waiting.popleft()
            if piece.last:
                self._closing_generations.add(piece.generation)
                self._finish_if_said(piece.generation)
            elif piece.audio and (utterance := self._output.open(piece.generation, piece.text)) is not None:
                self._output.append(utterance, piece.audio)
                self._output.complete(utterance)

    def _next_text(self) -> tuple[int, str]:
        """The next piece, merged with those behind it when something is already being said."""
        piece = self._waiting.popleft()
        text = piece.text
        while self._under_way and self._waiting:
            following = self._waiting[0]
            merged = f"{text} {following.text}"
            if following.last or following.text in self._fixed or piece.text in self._fixed:
                break
            if following.generation != piece.generation or len(merged) > MOST_CHARACTERS:
                break
            text = merged
            self._waiting.popleft()
        if len(text) > MOST_CHARACTERS:
            head, _, _ = text[:MOST_CHARACTERS].rpartition(" ")
            head = head or text[:MOST_CHARACTERS]
            self._waiting.appendleft(_Piece(piece.generation, text[len(head) :].strip()))
            text = head
        return piece.generation, text

    def _finish_if_said(self, generation: int) -> None:
        """End a reply that is to be ended, once nothing of it is under way or waits to be said again."""
        unsaid = {utterance.generation for utterance in self._under_way}
        unsaid.update(piece.generation for piece in self._waiting)
        if generation in self._closing_generations and generation not in unsaid:
            self._closing_generations.discard(generation)
            self._output.finish(generation)

    @property
    def _is_clearing(self) -> bool:
        return self._clear_wanted or self._cleared_due is not None

    def _next_check(self) -> float | None:
        now = self._now()
        if self._cleared_due is not None:
            return max(0.0, self._cleared_due - now)
        if self._under_way:
            return max(0.0, self._progress_at + AUDIO_DEADLINE_SECONDS - now)
        return self._budget.wait_seconds(now) if self._waiting else None

    def _check_progress(self, socket: ClientConnection) -> None:
        now = self._now()
        stuck = self._under_way and now >= self._progress_at + AUDIO_DEADLINE_SECONDS
        unanswered = self._cleared_due is not None and now >= self._cleared_due
        if stuck or unanswered:
            logger.bind(vendor="deepgram").warning("The speech connection is stuck; making a new one")
            socket.transport.abort()

    # --- reading ------------------------------------------------------------------------------------------

    def _receive(self, message: str | bytes) -> None:
        self._progress_at = self._now()
        if isinstance(message, bytes):
            if not self._is_clearing and self._under_way:
                self._spoke = True
                self._output.append(self._under_way[0], message)
            return
        try:
            body = orjson.loads(message)
            kind = body["type"]
        except (orjson.JSONDecodeError, KeyError, TypeError):
            return
        if kind == "Flushed" and not self._is_clearing:
            self._complete_first()
        elif kind == "Cleared":
            self._cleared_due = None
            self._wake.set()
        elif kind in ("Warning", "Error"):
            code = str(body.get("code", ""))
            logger.bind(vendor="deepgram", code=code).warning("Deepgram warned about the speech connection")

    def _complete_first(self) -> None:
        if not self._under_way:
            return
        utterance = self._under_way.popleft()
        self._spoke = True
        if utterance.text in self._fixed:
            self._phrases.put(
                self._options.voice, self._options.media_format, utterance.text, bytes(utterance.audio)
            )
        self._output.complete(utterance)
        self._finish_if_said(utterance.generation)
        self._wake.set()

    def _now(self) -> float:
        return asyncio.get_running_loop().time()
