import numpy as np
import pytest

from bench.turns.levels import SAMPLE_RATE, at_level, from_pcm, level_dbfs, silence, to_pcm, trimmed
from bench.turns.speech import LEVELS_DBFS, VOICES, Speech, words_by_voice
from simulator.twilio import mulaw


@pytest.mark.parametrize("dbfs", LEVELS_DBFS)
def test_speech_is_as_loud_as_it_says(dbfs: float) -> None:
    # Loud speech clips, as on a telephone.
    assert level_dbfs(Speech(("Wait, tell me more.",), VOICES[2], dbfs).signal()) == pytest.approx(dbfs, abs=1.0)


def test_pauses_do_not_make_it_quieter() -> None:
    tone = 0.1 * np.sin(np.arange(SAMPLE_RATE) / 5)
    assert level_dbfs(np.concatenate((tone, silence(3.0)))) == pytest.approx(level_dbfs(tone), abs=0.1)
    assert level_dbfs(at_level(tone, -30.0)) == pytest.approx(-30.0, abs=0.01)


def test_samples_survive_the_way_to_pcm() -> None:
    signal = np.array([0.0, 0.5, -0.5, 0.25])
    assert np.allclose(from_pcm(to_pcm(signal)), signal, atol=1e-4)
    assert len(trimmed(np.concatenate((silence(0.1), signal, silence(0.1))))) == 3


def test_a_pause_lasts_as_long_as_it_says() -> None:
    speech = Speech(("How much does the", "kettle cost?"), "en-us", -18.0, (700,))
    prepared = speech.prepare()
    audible = mulaw.window_energies(b"".join(prepared.frames)) > mulaw.SPEECH_ENERGY
    gaps = np.diff(np.flatnonzero(audible))
    # Quiet beginnings and ends of words are below what counts as speech.
    assert 700 <= gaps.max() * 10 <= 850
    assert prepared.text == "How much does the kettle cost?"
    assert prepared.onset_frame is not None
    assert prepared.onset_frame <= 2


def test_every_pause_stands_between_two_parts() -> None:
    with pytest.raises(ValueError, match="one pause"):
        Speech(("Hello.",), "en-us", -18.0, (500,))


def test_the_line_s_noise_moves_no_onset() -> None:
    speech = Speech(("Stop.",), "en-us", -28.0)
    quiet, noisy = speech.prepare(), speech.prepare(-52.0)
    assert (noisy.onset_frame, noisy.last_speech_frame) == (quiet.onset_frame, quiet.last_speech_frame)
    assert noisy.frames != quiet.frames
    assert speech.prepare(-52.0) == noisy


def test_words_are_known_by_voice_and_once() -> None:
    speeches = [
        Speech(("One", "two"), "en-us", -18.0, (400,)),
        Speech(("One",), "en-us", -10.0),
        Speech(("One",), "en-gb", -18.0),
    ]
    assert words_by_voice(speeches) == {"en-us": ("One", "two"), "en-gb": ("One",)}
