"""The seam from text-to-speech down to playback."""

from typing import Protocol

from bot.media.utterance import Utterance


class SpeechOutput(Protocol):
    """Where synthesised speech goes; synchronous, never blocking."""

    def open(self, generation: int, text: str) -> Utterance | None:
        """Announce a piece of a reply; None when the reply is stale and must not be spoken."""

    def append(self, utterance: Utterance, audio: bytes) -> None:
        """More of its audio."""

    def complete(self, utterance: Utterance) -> None:
        """That was all of its audio."""

    def finish(self, generation: int) -> None:
        """The reply has no further pieces."""
