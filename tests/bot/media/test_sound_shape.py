"""What a sound is, by the course of its loudness."""

import numpy as np
import pytest

from bench.turns.disturbances import Disturbance, disturbances
from bench.turns.interruptions import interruptions
from bench.turns.levels import Signal
from bench.turns.sounds import SoundKind
from bot.media.sound_shape import SoundShape

WINDOW = 256
SECONDS = WINDOW / 8000


def shape_of(signal: Signal, seconds: float) -> SoundShape:
    """The shape of the beginning of a sound, from its first audible window on."""
    windows = signal[: len(signal) // WINDOW * WINDOW].reshape(-1, WINDOW)
    energies = np.sqrt((windows**2).mean(axis=1)) * 32768
    begin = int(np.argmax(energies > 200))
    shape = SoundShape(SECONDS)
    for energy in energies[begin : begin + round(seconds / SECONDS)]:
        shape.feed(float(energy))
    return shape


def sounds(kind: SoundKind) -> list[Disturbance]:
    return [sound for sound in disturbances(80) if sound.kind is kind]


def test_laughter_is_told_by_its_rhythm() -> None:
    assert sum(shape_of(sound.signal(), 0.72).laughs for sound in sounds(SoundKind.LAUGHTER)) >= 9


def test_a_television_across_the_room_is_told_by_its_echo() -> None:
    assert sum(shape_of(sound.signal(), 1.2).echoes for sound in sounds(SoundKind.FAR_TV)) >= 9


def test_callers_who_interrupt_neither_laugh_nor_echo() -> None:
    speeches = [case.speech.signal() for case in interruptions(24) if case.topic is not None]
    assert sum(shape_of(speech, 0.72).laughs or shape_of(speech, 1.2).echoes for speech in speeches) <= 1


def test_another_sound_is_judged_by_itself() -> None:
    shape = SoundShape(SECONDS)
    for _ in range(6):
        for energy in (3000.0, 3000.0, 3000.0, 10.0, 10.0):
            shape.feed(energy)
    assert (shape.laughs, shape.echoes) == (True, False)
    shape.begin()
    for _ in range(30):
        shape.feed(800.0)
    assert (shape.laughs, shape.echoes) == (False, True)


@pytest.mark.parametrize("energy", [0.0, 20000.0])
def test_any_loudness_is_judged(energy: float) -> None:
    shape = SoundShape(SECONDS)
    shape.feed(energy)
    assert not shape.laughs
