"""The caller's audio on its way to speech-to-text: in pieces of 100 ms, or of 400 ms while it is silent.

Fifty small messages a second per call cost more system calls than the recogniser gains by them, and most of a call
the caller says nothing. Whatever is waiting is flushed when speech begins, at every moment of quiet in it (perhaps
its end), and before a Finalize, so that the recogniser has heard everything it is asked to settle.
"""

from dataclasses import dataclass
from typing import Protocol

from bot.media.format import MediaFormat


@dataclass(frozen=True, slots=True)
class PieceSizes:
    """How much audio goes into one message, in seconds.

    Attributes:
        speech: While the caller may be speaking.
        silence: As long as nobody speaks, when there is nothing to be recognised sooner.
    """

    speech: float = 0.1
    silence: float = 0.4


USUAL_PIECES = PieceSizes()


class AudioConsumer(Protocol):
    """Speech-to-text, as the media plane sees it: synchronous and never blocking."""

    def send_audio(self, payload: bytes) -> None:
        """Take audio in the call's format; keeps it while not connected."""

    def finalize(self) -> None:
        """The caller paused: settle what was heard so far."""


class SpeechUplink:
    """Coalesces audio for one consumer."""

    def __init__(
        self, consumer: AudioConsumer, media_format: MediaFormat, pieces: PieceSizes = USUAL_PIECES
    ) -> None:
        self._consumer = consumer
        self._piece_bytes = media_format.byte_count(pieces.speech)
        self._silent_piece_bytes = media_format.byte_count(pieces.silence)
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
