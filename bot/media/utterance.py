"""One stretch of the agent's speech: its text, its audio, and how much of it the caller has heard."""

from dataclasses import dataclass, field

from bot.media.format import MediaFormat
from bot.media.word_start import word_start

TYPICAL_CHARACTERS_PER_SECOND = 15.0
"""Speaking rate assumed for audio that is still arriving."""


@dataclass(frozen=True, slots=True)
class Span:
    """A run of bytes given to the far end's buffer, and when its first sample is heard (loop time)."""

    heard_from: float
    byte_count: int


@dataclass(slots=True)
class Utterance:
    """Audio of one piece of text, filled by text-to-speech and emptied by playback.

    Attributes:
        generation: The reply that this is part of.
        text: What is said.
        complete: True when no more audio will be appended.
        position: Bytes given to the far end so far.
    """

    generation: int
    text: str
    complete: bool = False
    audio: bytearray = field(default_factory=bytearray)
    position: int = 0
    _spans: list[Span] = field(default_factory=list)
    _heard_before: int = 0

    @property
    def unsent(self) -> int:
        """Bytes waiting to be sent."""
        return len(self.audio) - self.position

    def take(self, byte_count: int, heard_from: float) -> bytes:
        """The next bytes to send; they are heard from `heard_from` on."""
        payload = bytes(self.audio[self.position : self.position + byte_count])
        self.position += len(payload)
        self._spans.append(Span(heard_from, len(payload)))
        return payload

    def heard_bytes(self, now: float, media_format: MediaFormat) -> int:
        """Bytes that have left the far end's loudspeaker by `now`."""
        heard = self._heard_before
        for span in self._spans:
            elapsed = media_format.byte_count(max(0.0, now - span.heard_from))
            heard += min(span.byte_count, elapsed)
        return heard

    def rewind(self, now: float, media_format: MediaFormat) -> None:
        """The far end dropped its buffer: what was not heard waits to be sent again, from the start of a word."""
        heard = self.heard_bytes(now, media_format)
        self._heard_before = heard if heard >= len(self.audio) else word_start(self.audio, heard, media_format)
        self.position = self._heard_before
        self._spans.clear()

    def cut_text(self, media_format: MediaFormat) -> str:
        """Text-to-speech broke off: keep of `text` what the audio so far can hold, and return the rest."""
        share = media_format.seconds(len(self.audio)) * TYPICAL_CHARACTERS_PER_SECOND / max(1, len(self.text))
        whole, self.text = self.text, _whole_words(self.text, min(1.0, share))
        return whole[len(self.text) :].strip()

    def heard_text(self, now: float, media_format: MediaFormat) -> str:
        """The words of `text` that were heard completely, judged by their share of the audio."""
        heard = self.heard_bytes(now, media_format)
        total = len(self.audio)
        if not self.complete:
            expected = len(self.text) / TYPICAL_CHARACTERS_PER_SECOND
            total = max(total, media_format.byte_count(expected))
        if heard <= 0 or total == 0:
            return ""
        if self.complete and heard >= total:
            return self.text
        return _whole_words(self.text, heard / total)


def _whole_words(text: str, share: float) -> str:
    limit = int(len(text) * share)
    if limit >= len(text):
        return text
    cut = text[:limit]
    if text[limit : limit + 1].isspace():
        return cut.rstrip()
    head, _, _ = cut.rpartition(" ")
    return head.rstrip()
