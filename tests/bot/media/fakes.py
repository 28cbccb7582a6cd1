"""A clock that stands still, a telephone that plays what it is sent, and listeners that remember."""

import audioop
from collections import deque
from collections.abc import Callable

import numpy as np

from bot.media.playback import HeardReply
from bot.media.silero import SileroModel, SileroStream
from bot.media.silero_matrices import Floats
from bot.media.ticker import Ticker

BYTES_PER_MS = 8


class FakeClock:
    """Whole milliseconds, so that positions in 8 kHz audio are exact."""

    def __init__(self) -> None:
        self.ms = 1_000_000

    def __call__(self) -> float:
        return self.ms / 1000


class FarEnd:
    """A `MediaWire` that plays in real time by the fake clock, as Twilio does.

    `echo` says what becomes of marks: "played" (when reached), "never", or "at_once".
    """

    def __init__(self, clock: FakeClock, *, echo: str = "played") -> None:
        self._clock = clock
        self._echo = echo
        self._buffer: deque[bytes | str] = deque()
        self.on_mark: Callable[[str], None] = lambda name: None
        self.heard = bytearray()
        self.clears: list[float] = []
        self.sent: list[tuple[float, bytes]] = []
        self.marks: list[str] = []

    @property
    def buffered(self) -> int:
        return sum(len(item) for item in self._buffer if isinstance(item, bytes))

    def send_audio(self, payload: bytes) -> None:
        assert payload
        self.sent.append((self._clock(), payload))
        self._buffer.append(payload)

    def send_mark(self, name: str) -> None:
        self.marks.append(name)
        if self._echo == "at_once":
            self.on_mark(name)
        elif self._echo == "played":
            self._buffer.append(name)

    def send_clear(self) -> None:
        self.clears.append(self._clock())
        dropped = [item for item in self._buffer if isinstance(item, str)]
        self._buffer.clear()
        for name in dropped:  # Twilio echoes the marks of what it drops
            self.on_mark(name)

    def play_one_ms(self) -> None:
        left = BYTES_PER_MS
        while self._buffer and (left or isinstance(self._buffer[0], str)):
            item = self._buffer.popleft()
            if isinstance(item, str):
                self.on_mark(item)
                continue
            self.heard += item[:left]
            rest, left = item[left:], left - len(item[:left])
            if rest:
                self._buffer.appendleft(rest)


class PlaybackNotes:
    """A `PlaybackListener` that remembers."""

    def __init__(self) -> None:
        self.started: list[int] = []
        self.finished: list[HeardReply] = []

    def playback_started(self, generation: int) -> None:
        self.started.append(generation)

    def playback_finished(self, reply: HeardReply) -> None:
        self.finished.append(reply)


class TurnNotes:
    """A `TurnListener` that remembers notices in order, with the loop time of each."""

    def __init__(self, clock: FakeClock) -> None:
        self._clock = clock
        self.log: list[str] = []
        self.at: dict[str, float] = {}
        self.replies: list[HeardReply] = []
        self.digits: list[str] = []
        self.onsets: list[float | None] = []
        self.last_sounds: list[float | None] = []

    def _note(self, what: str) -> None:
        self.log.append(what)
        self.at[what] = self._clock()

    def speech_started(self) -> None:
        self._note("speech_started")

    def speech_paused(self, last_sound_at: float | None) -> None:
        self.last_sounds.append(last_sound_at)
        self._note("speech_paused")

    def digit_pressed(self, digit: str) -> None:
        self.digits.append(digit)

    def audio_arrived(self, generation: int) -> None:
        self._note("audio_arrived")

    def agent_started(self, generation: int) -> None:
        self._note("agent_started")

    def agent_paused(self, onset_at: float | None, now: float) -> None:
        self.onsets.append(onset_at)
        self._note("agent_paused")

    def agent_resumed(self) -> None:
        self._note("agent_resumed")

    def agent_interrupted(self, reply: HeardReply) -> None:
        self.replies.append(reply)
        self._note("agent_interrupted")

    def agent_finished(self, reply: HeardReply) -> None:
        self.replies.append(reply)
        self._note("agent_finished")


class Transcriber:
    """An `AudioConsumer` that remembers messages; a Finalize is an empty entry."""

    def __init__(self) -> None:
        self.messages: list[bytes] = []

    def send_audio(self, payload: bytes) -> None:
        assert payload, "an empty message ends a Deepgram stream"
        self.messages.append(payload)

    def finalize(self) -> None:
        self.messages.append(b"")

    @property
    def audio(self) -> bytes:
        return b"".join(self.messages)

    @property
    def finalizes(self) -> int:
        return self.messages.count(b"")


class LoudnessModel(SileroModel):
    """Takes everything audible for speech: windows over an RMS of 100."""

    def __init__(self) -> None:
        super().__init__(8000)

    def _run_batch(self, streams: list[SileroStream]) -> None:
        for stream in streams:
            window: Floats = stream.pending.popleft()
            loud = float(np.sqrt(np.mean(np.square(window)))) * 32768 > 100
            stream.on_probability(0.95 if loud else 0.02)


class ManualTicker(Ticker):
    """Ticks when it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.callbacks: dict[int, Callable[[float], None]] = {}

    def subscribe(self, callback: Callable[[float], None]) -> Callable[[], None]:
        key = len(self.callbacks)
        self.callbacks[key] = callback

        def unsubscribe() -> None:
            self.callbacks.pop(key, None)

        return unsubscribe

    def tick(self, now: float) -> None:
        for callback in tuple(self.callbacks.values()):
            callback(now)


def tone(seconds: float, rms: float, *, rate: int = 8000) -> bytes:
    """A µ-law hum of that RMS (int16 units); RMS 0 is digital silence."""
    time = np.arange(int(seconds * rate)) / rate
    samples = (np.sin(2 * np.pi * 200 * time) * rms * np.sqrt(2)).astype("<i2")
    return audioop.lin2ulaw(samples.tobytes(), 2)
