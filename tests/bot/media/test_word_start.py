"""Speech goes on between words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.media.format import TELEPHONE
from bot.media.word_start import LOOK_BACK_SECONDS, word_start
from simulator.deepgram.speech import encode_speech
from simulator.voice import synthesize
from tests.bot.media.fakes import tone

VOICE = "en-us"


def test_it_is_the_end_of_the_last_gap() -> None:
    audio = tone(0.3, 3000) + tone(0.06, 0) + tone(0.2, 3000)
    assert word_start(audio, len(audio), TELEPHONE) == int(0.36 * 8000)


def test_a_sound_without_a_gap_goes_on_where_it_was() -> None:
    audio = tone(1.0, 3000)
    assert word_start(audio, 5000, TELEPHONE) == 5000


def test_in_real_speech_it_is_near_the_start_of_a_word() -> None:
    text = "We open at nine on weekdays and at ten on Saturdays."
    audio = encode_speech(text, VOICE, "mulaw", 8000, 165)
    starts = [word.start_secs for word in synthesize(text, voice=VOICE).words]
    near = 0
    cuts = range(6000, len(audio) - 1000, 1000)
    for cut in cuts:
        at = word_start(audio, cut, TELEPHONE) / 8000
        near += min(abs(at - start) for start in starts) < 0.12
    assert near >= 0.6 * len(cuts)


@given(st.binary(max_size=9000), st.integers(0, 9000))
def test_it_is_never_ahead_nor_far_behind(audio: bytes, position: int) -> None:
    position = min(position, len(audio))
    at = word_start(audio, position, TELEPHONE)
    assert position - LOOK_BACK_SECONDS * 8000 <= at <= position
    assert at >= 0


@pytest.mark.parametrize("position", [0, 1, 159])
def test_the_very_beginning_is_the_beginning_or_where_it_was(position: int) -> None:
    assert 0 <= word_start(tone(1.0, 3000), position, TELEPHONE) <= position
