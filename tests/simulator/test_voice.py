"""The simulated voice: real samples, word timings, rates, voices, threads."""

import importlib
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from config.errors import ConfigurationError, InvalidInputError
from simulator.espeak import EspeakEngine
from simulator.voice import Utterance, synthesize

_TEXT = "Hello, my name is Anna. I am in the office: that's $350 for 2 items."


def _rms(utterance: Utterance) -> float:
    return float(np.sqrt((utterance.samples.astype(np.float64) ** 2).mean()))


def test_words_are_those_of_the_text_in_order() -> None:
    utterance = synthesize(_TEXT)
    assert [timing.word for timing in utterance.words] == _TEXT.split()
    edges = [edge for timing in utterance.words for edge in (timing.start_secs, timing.end_secs)]
    assert edges == sorted(edges)
    assert edges[-1] <= utterance.duration_secs + 0.01
    assert all(timing.end_secs > timing.start_secs for timing in utterance.words)


def test_words_are_louder_than_the_pauses_between_them() -> None:
    utterance = synthesize("Stop. Please wait.", sample_rate=16000)
    first, second = utterance.words[:2]
    samples = utterance.samples.astype(np.float64)

    def level(begin: float, end: float) -> float:
        return float(np.abs(samples[int(begin * 16000) : int(end * 16000)]).mean())

    assert second.start_secs - first.end_secs > 0.1
    assert level(first.start_secs, first.end_secs) > 50 * level(first.end_secs, second.start_secs)


@pytest.mark.parametrize("rate", [8000, 16000, 22050, 24000, 48000])
def test_every_rate_has_the_same_length_and_level(rate: int) -> None:
    utterance, reference = synthesize(_TEXT, sample_rate=rate), synthesize(_TEXT, sample_rate=22050)
    assert utterance.sample_rate == rate
    assert utterance.duration_secs == pytest.approx(reference.duration_secs, abs=0.002)
    # Below 4 kHz a little of the fricatives is lost.
    assert _rms(utterance) == pytest.approx(_rms(reference), rel=0.15)


@pytest.mark.parametrize("voice", ["en-us", "en-gb", "en-us+f3", "en-gb+f2", "en-us+m3"])
def test_voices_differ(voice: str) -> None:
    assert synthesize("Good morning", voice=voice).samples.size > 4000
    if voice != "en-us":
        assert synthesize("Good morning", voice=voice).pcm != synthesize("Good morning").pcm


def test_faster_speech_is_shorter() -> None:
    slow, fast = synthesize(_TEXT, words_per_minute=120), synthesize(_TEXT, words_per_minute=260)
    assert fast.duration_secs < 0.7 * slow.duration_secs


def test_the_same_request_is_answered_from_the_cache() -> None:
    assert synthesize(_TEXT, sample_rate=8000) is synthesize(_TEXT, sample_rate=8000)


@pytest.mark.parametrize("text", ["", "   ", "...", "— !"])
def test_nothing_speakable_is_silence(text: str) -> None:
    assert synthesize(text).pcm == b""
    assert synthesize(text).words == ()


@pytest.mark.parametrize("text", ["<speak>&amp; [[h@]]", "naïve café ☎ 日本", "a\0b", "x" * 2000])
def test_odd_text_is_spoken_without_harm(text: str) -> None:
    assert synthesize(text).samples.size > 0


def test_an_unknown_voice_is_named() -> None:
    with pytest.raises(InvalidInputError, match="no-such-voice") as caught:
        synthesize("hello", voice="no-such-voice")
    assert caught.value.code == "unknown_voice"


def test_threads_do_not_mix_their_audio() -> None:
    texts = [f"This is sentence number {number}, spoken alone." for number in range(24)]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda text: synthesize(text, voice="en-us+f2").pcm, texts))
    synthesize.cache_clear()
    assert together == [synthesize(text, voice="en-us+f2").pcm for text in texts]


def test_a_missing_extra_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(importlib, "import_module", refuse)
    with pytest.raises(ConfigurationError, match="simulator"):
        EspeakEngine()


def test_two_who_ask_for_the_same_at_once_hear_the_same() -> None:
    with ThreadPoolExecutor(4) as threads:
        for number in range(5):
            text = f"Nobody has ever asked for sentence number {number} before."
            spoken = [threads.submit(synthesize, text, words_per_minute=850) for _ in range(4)]
            assert len({future.result().pcm for future in spoken}) == 1
