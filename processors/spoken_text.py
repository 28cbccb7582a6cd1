"""From what a model writes to what a voice is given: markdown out, then clauses and sentences."""

import re

from processors.markdown import MarkdownStripper
from processors.speech_chunker import SpeechChunker

_SCHEME = re.compile(r"\bhttps?://(?:www\.)?", re.IGNORECASE)

_BLANK_BEFORE_STOP = re.compile(r"\s+([.,;:!?])(?=\s|$)")
"""What an emoji or a citation leaves behind."""


class SpokenText:
    """Takes a reply as it streams and gives the pieces to speak; one instance serves a whole call."""

    def __init__(self) -> None:
        self._stripper = MarkdownStripper()
        self._chunker = SpeechChunker()

    def feed(self, delta: str) -> list[str]:
        """Take the next piece of the reply; gives what is ready to be spoken, often nothing."""
        text = self._stripper.feed(delta)
        return _speakable(self._chunker.feed(text)) if text else []

    def flush(self) -> list[str]:
        """The reply is over, or was given up: gives what is left and starts afresh."""
        rest = self._stripper.flush()
        chunks = self._chunker.feed(rest) if rest else []
        return _speakable([*chunks, *self._chunker.flush()])


def _speakable(chunks: list[str]) -> list[str]:
    # Here and not while streaming: a chunk never ends inside of an address.
    return [_BLANK_BEFORE_STOP.sub(r"\1", _SCHEME.sub("", chunk)) for chunk in chunks]
