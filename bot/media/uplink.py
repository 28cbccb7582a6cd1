"""The caller's audio on its way to speech-to-text: in pieces of 100 ms, or of 400 ms while it is silent.

Fifty small messages a second per call cost more system calls than the recogniser gains by them, and most of a call
the caller says nothing. Whatever is waiting is flushed when speech begins, at every moment of quiet in it (perhaps
its end), and before a Finalize, so that the recogniser has heard everything it is asked to settle.
"""

from typing import Protocol

from bot.media.format import MediaFormat

PIECE_SECONDS = 0.1
SILENT_PIECE_SECONDS = 0.4
"""As long as nobody speaks there is nothing to be recognised sooner."""


class AudioConsumer(Protocol):
    """Speech-to-text, as the media plane sees it: synchronous and never blocking."""

    def send_audio(self, payload: bytes) -> None:
        """Take audio in the call's format; keeps it while not connected."""

    def finalize(self) -> None:
        """The caller paused: settle what was heard so far."""


class SpeechUplink:
    """Coalesces audio for one consumer."""

    def __init__(self, consumer: AudioConsumer, media_format: MediaFormat) -> None:
        self._consumer = consumer
        self._piece_bytes = media_format.byte_count(PIECE_SECONDS)
        self._silent_piece_bytes = media_format.byte_count(SILENT_PIECE_SECONDS)
        self._waiting = bytearray()

    def write(self, payload: bytes, *, speech: bool) -> None:
        """Take one message's audio; `speech`: the caller may be speaking."""
        self._waiting += payload
        if len(self._waiting) >= (self._piece_bytes if speech else self._silent_piece_bytes):
            self.flush()

    def flush(self) -> None:
        """Hand over what is waiting; nothing when there is nothing (an empty message ends a stream)."""
        if self._waiting:
            self._consumer.send_audio(bytes(self._waiting))
            self._waiting.clear()

    def finalize(self) -> None:
        """Flush, then have it settled."""
        self.flush()
        self._consumer.finalize()
