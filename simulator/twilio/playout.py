"""Twilio's playout buffer of one stream: what the server sent and the caller has not heard yet.

Semantics from Twilio's "Media Streams - WebSocket Messages": media is queued in order and played in real
time; a `mark` comes back when everything before it has been played, at once if nothing is queued; `clear`
empties the queue and brings back every outstanding mark at once.
"""

from collections import deque
from dataclasses import dataclass

from simulator.twilio.mulaw import FRAME_BYTES, SAMPLE_RATE


class PlayoutOverflowError(Exception):
    """The server queued more audio than the buffer holds."""


@dataclass(frozen=True, slots=True)
class Played:
    """What one tick played.

    Attributes:
        marks: Names of the marks whose audio was heard in full before this tick, in order.
        audio: At most one frame of µ-law; shorter when the buffer ran dry, empty when it was.
    """

    marks: tuple[str, ...]
    audio: bytes


_NOTHING = Played((), b"")


class PlayoutBuffer:
    """A bounded queue of audio and marks, played frame by frame by `play`.

    Args:
        max_secs: Seconds of audio that fit.
    """

    def __init__(self, *, max_secs: float = 600.0) -> None:
        self._max_bytes = int(max_secs * SAMPLE_RATE)
        self._audio: deque[memoryview] = deque()
        self._marks: deque[tuple[int, str]] = deque()
        self._received = 0
        self._played = 0
        self._heard = 0

    @property
    def buffered_bytes(self) -> int:
        """Bytes (samples) that were received and not yet played."""
        return self._received - self._played

    @property
    def is_idle(self) -> bool:
        """Whether nothing is queued and the last frame has been heard to its end."""
        return self._heard == self._received

    @property
    def outstanding_marks(self) -> tuple[str, ...]:
        """Marks that have not come back yet, in order."""
        return tuple(name for _, name in self._marks)

    def add_audio(self, mulaw: bytes) -> None:
        """Queue a chunk of any size.

        Raises:
            PlayoutOverflowError: The chunk does not fit; nothing of it was queued.
        """
        if not mulaw:
            return
        if self.buffered_bytes + len(mulaw) > self._max_bytes:
            raise PlayoutOverflowError(f"more than {self._max_bytes} bytes queued")
        self._audio.append(memoryview(mulaw))
        self._received += len(mulaw)

    def add_mark(self, name: str) -> tuple[str, ...]:
        """Queue a mark behind the audio so far; returns it if it is reached at once."""
        if self.is_idle and not self._marks:
            return (name,)
        self._marks.append((self._received, name))
        return ()

    def clear(self) -> tuple[str, ...]:
        """Drop everything that was not played; returns all outstanding marks, in order."""
        names = self.outstanding_marks
        self._marks.clear()
        self._audio.clear()
        self._played = self._heard = self._received
        return names

    def play(self, size: int = FRAME_BYTES) -> Played:
        """Advance by one frame: what was played before counts as heard, the next `size` bytes are played."""
        self._heard = self._played
        if not self._audio and not self._marks:
            return _NOTHING
        marks: list[str] = []
        while self._marks and self._marks[0][0] <= self._heard:
            marks.append(self._marks.popleft()[1])
        audio = self._take(size)
        self._played += len(audio)
        return Played(tuple(marks), audio)

    def _take(self, size: int) -> bytes:
        taken: list[memoryview] = []
        while size and self._audio:
            chunk = self._audio[0]
            if len(chunk) <= size:
                taken.append(self._audio.popleft())
                size -= len(chunk)
            else:
                taken.append(chunk[:size])
                self._audio[0] = chunk[size:]
                size = 0
        return b"".join(taken)
