"""The caller's audio on its way to speech-to-text, in pieces of 100 to 400 ms: longer where less depends on them.

Fifty small messages a second per call cost more system calls than the recogniser gains by them: most of a call the
caller says nothing, and what they say while the agent is silent matters at its end. Whatever is waiting is flushed
when speech turns quiet (perhaps its end), and before a Finalize, so that the recogniser has heard everything it is
asked to settle.
"""

from dataclasses import dataclass
from typing import Protocol

from bot.media.format import MediaFormat


@dataclass(frozen=True, slots=True)
class PieceSizes:
    """How much audio goes into one message, in seconds.

    Attributes:
        interruption: While the caller may be speaking and the agent is heard, so that a word decides.
        speech: While the caller may be speaking.
        silence: As long as nobody speaks, when there is nothing to be recognised sooner.
    """

    interruption: float = 0.1
    speech: float = 0.2
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
        self._interruption_bytes = media_format.byte_count(pieces.interruption)
        self._speech_bytes = media_format.byte_count(pieces.speech)
        self._silence_bytes = media_format.byte_count(pieces.silence)
        self._waiting = bytearray()

    def write(self, payload: bytes, *, speech: bool, agent_heard: bool) -> None:
        """Take one message's audio.

        Args:
            payload: The audio.
            speech: The caller may be speaking.
            agent_heard: And the agent as well.
        """
        self._waiting += payload
        if speech:
            enough = self._interruption_bytes if agent_heard else self._speech_bytes
        else:
            enough = self._silence_bytes
        if len(self._waiting) >= enough:
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
