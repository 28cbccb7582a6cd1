"""Something that a caller says: words with pauses between them, in a voice, at a level."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from bench.turns.levels import Signal, at_level, from_pcm, silence, to_pcm, trimmed
from simulator.twilio.caller import espeak
from simulator.twilio.speech import PreparedSpeech, prepare_speech

VOICES = ("en-us", "en-gb", "en-us+m3", "en-us+f1", "en-gb+f4", "en-us+m7")
"""Six speakers; the agent has another voice."""

LEVELS_DBFS = (-10.0, -14.0, -18.0, -22.0, -25.0, -28.0)
"""From somebody who shouts into the receiver to somebody who holds it far away."""

LINE_NOISE_DBFS = (None, -65.0, -58.0, -52.0)
"""White noise under everything that the caller sends; None is a digitally silent line."""

_END = 0.1


@dataclass(frozen=True, slots=True)
class Speech:
    """One utterance.

    Attributes:
        parts: The words; each part is spoken without a break.
        pauses_ms: Between the parts, one fewer than these.
        voice: Of espeak-ng.
        level_dbfs: Of the words, without the pauses.
    """

    parts: tuple[str, ...]
    voice: str
    level_dbfs: float
    pauses_ms: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if len(self.pauses_ms) != len(self.parts) - 1:
            raise ValueError("there is one pause between every two parts")

    @property
    def text(self) -> str:
        """All words."""
        return " ".join(self.parts)

    def signal(self) -> Signal:
        """Speak it; blocking."""
        pieces = []
        for number, part in enumerate(self.parts):
            pieces.append(trimmed(from_pcm(espeak(part, self.voice))))
            pieces.append(silence(self.pauses_ms[number] / 1000 if number < len(self.pauses_ms) else _END))
        return at_level(np.concatenate(pieces), self.level_dbfs)

    def prepare(self, noise_dbfs: float | None = None) -> PreparedSpeech:
        """Make frames of it, over the line's noise; blocking."""
        return prepare_speech(self.text, to_pcm(self.signal()), noise_dbfs=noise_dbfs)


def words_by_voice(speeches: Iterable[Speech]) -> dict[str, tuple[str, ...]]:
    """What a recogniser has to know: all parts, by the voice that speaks them."""
    words: dict[str, dict[str, None]] = {}
    for speech in speeches:
        words.setdefault(speech.voice, {}).update(dict.fromkeys(speech.parts))
    return {voice: tuple(parts) for voice, parts in words.items()}
