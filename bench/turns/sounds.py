"""Sounds that are no speech to the agent, made by arithmetic: the same every time, and free of anybody's rights.

They are coarse likenesses: what matters is what a detector looks at, level, spectrum, voicing and rhythm.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum

import numpy as np

from bench.turns.levels import SAMPLE_RATE, Signal, silence

Random = np.random.Generator


class SoundKind(StrEnum):
    """What makes the sound."""

    COUGH = "cough"
    BURST = "burst"
    LINE_NOISE = "line noise"
    MUSIC = "music"
    TYPING = "typing"
    LAUGHTER = "laughter"
    FAR_TV = "far TV speech"
    BACKCHANNEL = "backchannel"


def cough(random: Random) -> Signal:
    """One to three coughs: a burst of breath, and what follows of the voice."""
    pieces = []
    for _ in range(random.integers(1, 4)):
        breath = _fading(_band(_noise(random, random.uniform(0.08, 0.14)), 400, 3000), 0.05)
        voice = _fading(_voiced(random, random.uniform(0.12, 0.22), random.uniform(140, 260), (700, 1500)), 0.08)
        pieces += [breath, 0.7 * voice, silence(random.uniform(0.12, 0.3))]
    return np.concatenate(pieces)


def burst(random: Random) -> Signal:
    """A door, a cup, a knock: one to three short blows with a low and a broad part."""
    pieces = []
    for _ in range(random.integers(1, 4)):
        seconds = random.uniform(0.06, 0.25)
        low = np.sin(2 * np.pi * random.uniform(80, 220) * _times(seconds))
        broad = _band(_noise(random, seconds), 200, random.uniform(1500, 3400))
        pieces += [_fading(0.5 * low + broad, random.uniform(0.015, 0.06)), silence(random.uniform(0.1, 0.35))]
    return np.concatenate(pieces)


def line_noise(random: Random) -> Signal:
    """Hiss that swells up, with hum and crackle."""
    seconds = random.uniform(0.5, 2.0)
    times = _times(seconds)
    hiss = _noise(random, seconds) * np.sin(np.pi * times / seconds)
    hum = 0.6 * np.sin(2 * np.pi * 100 * times) + 0.3 * np.sin(2 * np.pi * 300 * times)
    crackle = np.where(random.random(times.size) < 0.002, random.uniform(-4, 4, times.size), 0.0)
    return hiss + hum + crackle


def music(random: Random) -> Signal:
    """Chords with overtones and a beat, as from a radio."""
    beat = random.uniform(0.3, 0.5)
    pieces = []
    for _ in range(random.integers(3, 7)):
        times = _times(beat)
        root = 130.8 * 2 ** (random.integers(0, 12) / 12)
        tones = [
            np.sin(2 * np.pi * root * ratio * overtone * times + 0.01 * np.sin(2 * np.pi * 5 * times)) / overtone
            for ratio in (1.0, 1.26, 1.5, 2.0)
            for overtone in (1, 2, 3)
        ]
        drum = _fading(_noise(random, beat), 0.03)
        pieces.append(_fading(np.sum(tones, axis=0), beat) + drum)
    return np.concatenate(pieces)


def typing(random: Random) -> Signal:
    """Five to fifteen keys: clicks of some milliseconds, pressed and released."""
    pieces = []
    for _ in range(random.integers(5, 16)):
        click = _fading(_band(_noise(random, 0.02), 1200, 3400), 0.003)
        pieces += [click, silence(random.uniform(0.04, 0.07)), 0.4 * click, silence(random.uniform(0.02, 0.12))]
    return np.concatenate(pieces)


def laughter(random: Random) -> Signal:
    """Ha ha ha: voiced syllables that begin with breath, four to six a second, with a falling pitch."""
    pitch = random.uniform(150, 320)
    pieces = []
    for _ in range(random.integers(4, 9)):
        breath = 0.3 * _band(_noise(random, 0.05), 500, 3000)
        voice = _voiced(random, random.uniform(0.07, 0.12), pitch, (800, 1300))
        pieces += [breath, voice, silence(random.uniform(0.04, 0.09))]
        pitch *= 0.94
    return np.concatenate(pieces)


SYNTHESIZERS: Mapping[SoundKind, Callable[[Random], Signal]] = {
    SoundKind.COUGH: cough,
    SoundKind.BURST: burst,
    SoundKind.LINE_NOISE: line_noise,
    SoundKind.MUSIC: music,
    SoundKind.TYPING: typing,
    SoundKind.LAUGHTER: laughter,
}
"""Those that are not spoken."""


def from_afar(speech: Signal, random: Random) -> Signal:
    """Speech from a set across a room: dull, and with the room's echo."""
    dull = _band(speech, 200, random.uniform(1500, 2200))
    seconds = random.uniform(0.25, 0.5)
    room = _fading(_noise(random, seconds), seconds / 4)
    echo = np.convolve(dull, room / np.sqrt((room**2).sum()))[: dull.size]
    return dull + 1.2 * echo


def _times(seconds: float) -> Signal:
    return np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE


def _noise(random: Random, seconds: float) -> Signal:
    return random.normal(0.0, 1.0, round(seconds * SAMPLE_RATE))


def _fading(signal: Signal, seconds: float) -> Signal:
    """The signal with an exponential decay of that time constant."""
    return signal * np.exp(-np.arange(signal.size) / (seconds * SAMPLE_RATE))


def _band(signal: Signal, low_hz: float, high_hz: float) -> Signal:
    """What of a whole signal lies between two frequencies."""
    spectrum = np.fft.rfft(signal)
    frequencies = np.fft.rfftfreq(signal.size, 1 / SAMPLE_RATE)
    spectrum[(frequencies < low_hz) | (frequencies > high_hz)] = 0.0
    return np.fft.irfft(spectrum, signal.size)


def _voiced(random: Random, seconds: float, pitch_hz: float, formants_hz: tuple[float, ...]) -> Signal:
    """Overtones of a pitch, strongest near the formants, with a little breath."""
    times = _times(seconds)
    phase = 2 * np.pi * np.cumsum(pitch_hz * (1.0 - 0.15 * times / seconds)) / SAMPLE_RATE
    signal = 0.1 * _noise(random, seconds)[: times.size]
    for number in range(1, int(3400 / pitch_hz)):
        strength = sum(np.exp(-(((number * pitch_hz - formant) / 250.0) ** 2)) for formant in formants_hz)
        signal = signal + (0.05 + strength) * np.sin(number * phase)
    return signal * np.sin(np.pi * times / seconds) ** 0.5
