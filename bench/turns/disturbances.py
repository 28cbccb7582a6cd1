"""What callers let be heard without wanting the word, as data: kind, level, speaker, moment."""

from dataclasses import dataclass

import numpy as np

from bench.turns.levels import Signal, at_level, to_pcm
from bench.turns.sounds import SYNTHESIZERS, SoundKind, from_afar
from bench.turns.speech import VOICES, Speech
from simulator.twilio.speech import PreparedSpeech, prepare_speech

BACKCHANNELS = ("Uh-huh.", "Mm-hm.", "Yeah.", "Right.", "Okay.")
_TELEVISION = (
    "And now for the weather in the north of the country.",
    "The match ended with two goals in the last ten minutes.",
    "Stay tuned for more after this short break.",
)
_NEAR_DBFS = (-14.0, -18.0, -22.0, -26.0, -30.0)
_SPOKEN_DBFS = (-10.0, -16.0, -20.0, -24.0, -28.0)
_FAR_DBFS = (-30.0, -32.0, -34.0, -36.0, -38.0)
"""Across a room: twelve and more decibels below somebody who speaks into the receiver."""
_PAUSES_MS = (900, 1300, 1700, 1100, 1500)


@dataclass(frozen=True, slots=True)
class Disturbance:
    """One sound.

    Attributes:
        variant: Number among those of its kind; seeds what is random in it.
        voice: For what is spoken, of espeak-ng; empty for the rest.
        words: Likewise.
        after_ms: How long one listens to the agent before it is made.
    """

    kind: SoundKind
    variant: int
    level_dbfs: float
    after_ms: int
    voice: str = ""
    words: str = ""

    @property
    def text(self) -> str:
        """What it is, in words."""
        return f"{self.kind}: {self.words}" if self.words else f"{self.kind} {self.variant}"

    def signal(self) -> Signal:
        """Make it; blocking."""
        random = np.random.default_rng((list(SoundKind).index(self.kind), self.variant))
        if self.kind in SYNTHESIZERS:
            sound = SYNTHESIZERS[self.kind](random)
        else:
            sound = Speech((self.words,), self.voice, self.level_dbfs).signal()
            if self.kind is SoundKind.FAR_TV:
                sound = from_afar(sound, random)
        return at_level(sound, self.level_dbfs)

    def prepare(self, noise_dbfs: float | None = None) -> PreparedSpeech:
        """Make frames of it, over the line's noise; blocking."""
        return prepare_speech(self.text, to_pcm(self.signal()), noise_dbfs=noise_dbfs)


def disturbances(count: int) -> tuple[Disturbance, ...]:
    """So many different ones, all kinds in turn; every run makes the same."""
    kinds = tuple(SoundKind)
    return tuple(_disturbance(kinds[index % len(kinds)], index // len(kinds)) for index in range(count))


def _disturbance(kind: SoundKind, variant: int) -> Disturbance:
    after_ms = _PAUSES_MS[(variant + list(SoundKind).index(kind)) % len(_PAUSES_MS)]
    voice = VOICES[variant % len(VOICES)]
    step = variant // 2
    if kind is SoundKind.BACKCHANNEL:
        level = _SPOKEN_DBFS[(variant // len(BACKCHANNELS)) % len(_SPOKEN_DBFS)]
        return Disturbance(kind, variant, level, after_ms, voice, BACKCHANNELS[variant % len(BACKCHANNELS)])
    if kind is SoundKind.FAR_TV:
        level = _FAR_DBFS[variant % len(_FAR_DBFS)]
        return Disturbance(kind, variant, level, after_ms, voice, _TELEVISION[variant % len(_TELEVISION)])
    return Disturbance(kind, variant, _NEAR_DBFS[(variant + step) % len(_NEAR_DBFS)], after_ms)
