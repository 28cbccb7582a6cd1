"""What waits to be played on the loudspeaker: filled by the call, emptied by the device's own thread."""

from collections import deque
from threading import Lock


class SpeakerBuffer:
    """Audio in order with marks between it; every method may be called on any thread and returns at once.

    Args:
        limit_bytes: Most audio that waits. Playback paces itself, so more means that the device has stopped.
    """

    def __init__(self, limit_bytes: int) -> None:
        self._limit = limit_bytes
        self._lock = Lock()
        self._audio = bytearray()
        self._position = 0
        self._marks: deque[tuple[int, str]] = deque()
        self.dropped_bytes = 0
        """Audio given up so far because too much was waiting."""

    def write(self, payload: bytes) -> None:
        """Append audio; beyond the limit the oldest is given up."""
        with self._lock:
            self._audio += payload
            surplus = len(self._audio) - self._limit
            if surplus > 0:
                del self._audio[:surplus]
                self._position += surplus
                self.dropped_bytes += surplus

    def mark(self, name: str) -> None:
        """Put a mark behind everything that waits."""
        with self._lock:
            self._marks.append((self._position + len(self._audio), name))

    def clear(self) -> tuple[str, ...]:
        """Drop all audio; gives the marks that were among it."""
        with self._lock:
            self._position += len(self._audio)
            self._audio.clear()
            return self._reached()

    def pull(self, byte_count: int) -> tuple[bytes, tuple[str, ...]]:
        """The next so many bytes, filled up with silence, and the marks that lie before their end."""
        with self._lock:
            payload = bytes(self._audio[:byte_count])
            del self._audio[:byte_count]
            self._position += len(payload)
            return payload.ljust(byte_count, b"\x00"), self._reached()

    def _reached(self) -> tuple[str, ...]:
        names = []
        while self._marks and self._marks[0][0] <= self._position:
            names.append(self._marks.popleft()[1])
        return tuple(names)
