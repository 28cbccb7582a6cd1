"""Coughs and laughter are told from words by how they begin."""

import pytest

from bot.media.sound_onset import SoundOnset, SoundOnsetOptions

AUDIBLE, LOUD = 60.0, 250.0
Window = tuple[float, float, float]
"""Probability of speech, RMS, share of samples at which the sign changes."""


def hear(onset: SoundOnset, *windows: Window) -> None:
    """Take windows as the gate hands them on: loud and likely ones are voice."""
    for probability, energy, crossings in windows:
        if probability >= 0.5 and energy >= LOUD:
            onset.voice(energy)
        else:
            onset.other(probability, energy, crossings, audible=AUDIBLE, loud=LOUD)


BREATH = (0.03, 500.0, 0.45)
VOICE = (0.9, 2000.0, 0.28)
SILENCE = (0.9, 20.0, 0.55)
"""Of which the model still believes what came before."""


def test_laughter_begins_with_breath_and_stays_laughter_between_its_syllables() -> None:
    onset = SoundOnset()
    hear(onset, BREATH, BREATH, VOICE)
    assert onset.voiceless
    hear(onset, VOICE, SILENCE, SILENCE, VOICE)
    assert onset.voiceless, "though the second syllable's breath was taken for speech"


def test_laughter_is_forgotten_when_it_is_over() -> None:
    onset = SoundOnset()
    hear(onset, BREATH, BREATH, VOICE, *[SILENCE] * (SoundOnsetOptions().breath_windows + 1), VOICE)
    assert not onset.voiceless


@pytest.mark.parametrize(
    ("before", "why"),
    [
        ((BREATH,), "the h of a word is shorter"),
        (((0.03, 250.0, 0.45),) * 2, "and softer"),
        (((0.03, 900.0, 0.7),) * 2, "s and sh hiss higher"),
        (((0.03, 900.0, 0.1),) * 2, "nasals hum"),
        (((0.03, 40.0, 0.45), BREATH), "what is not audible is the line"),
        (((0.03, 100.0, 0.45), BREATH), "breath is even"),
        ((BREATH, BREATH, SILENCE), "and goes straight into the voice"),
        ((), "most words just begin"),
    ],
)
def test_words_begin_otherwise(before: tuple[Window, ...], why: str) -> None:
    onset = SoundOnset()
    hear(onset, *before, VOICE, VOICE)
    assert not onset.voiceless, why


def test_breath_is_soft_only_compared_with_the_whole_voice() -> None:
    onset = SoundOnset()
    hear(onset, BREATH, BREATH, (0.8, 1000.0, 0.3))
    assert onset.voiceless
    hear(onset, (0.98, 9000.0, 0.3))
    assert not onset.voiceless, "a word that begins softly: one window later than it might have been"


def test_a_blow_is_louder_than_the_voice_that_follows() -> None:
    onset = SoundOnset()
    hear(onset, (0.02, 5000.0, 0.3), (0.02, 2500.0, 0.3), (0.9, 4000.0, 0.35))
    assert onset.voiceless
    hear(onset, (0.9, 12000.0, 0.35))
    assert not onset.voiceless


def test_a_blow_is_forgotten() -> None:
    onset = SoundOnset()
    hear(onset, (0.02, 5000.0, 0.4), *[SILENCE] * SoundOnsetOptions().blow_windows, VOICE)
    assert not onset.voiceless
