"""The shared voice activity model: on real speech, in batches, and with one call's fault kept from the others."""

import asyncio
from functools import partial
from itertools import pairwise

import numpy as np
import pytest

from bot.media.silero import SileroModel
from simulator.voice import synthesize

SENTENCE = "Hello, I would like to know how much the premium plan costs."


@pytest.fixture(scope="module")
def model() -> SileroModel:
    return SileroModel(8000)


def windows_of(samples: np.ndarray, size: int = 256) -> list[np.ndarray]:
    floats = samples.astype(np.float32) / 32768
    return [floats[at : at + size] for at in range(0, len(floats) - size + 1, size)]


def probabilities(model: SileroModel, windows: list[np.ndarray]) -> list[float]:
    heard: list[float] = []
    stream = model.open(heard.append)
    for window in windows:
        model.submit(stream, window)
        model.run()
    model.close(stream)
    return heard


async def spoken(text: str, voice: str = "en-us") -> np.ndarray:
    utterance = await asyncio.to_thread(synthesize, text, voice=voice)
    return np.asarray(utterance.samples)


@pytest.mark.parametrize("voice", ["en-us", "en-gb+f3"])
async def test_speech_is_likely_speech_and_noise_and_silence_are_not(model: SileroModel, voice: str) -> None:
    speech = await spoken(SENTENCE, voice)
    random = np.random.default_rng(1)
    noise = random.normal(0, 300, 16000).astype(np.int16)
    likely = probabilities(model, windows_of(speech))
    assert np.mean([p >= 0.5 for p in likely]) > 0.7
    assert max(probabilities(model, windows_of(np.zeros(16000, np.int16)))) < 0.3
    assert np.mean([p >= 0.5 for p in probabilities(model, windows_of(noise))]) < 0.05


async def test_the_wide_band_model_hears_the_same_in_batches_as_alone() -> None:
    wide = SileroModel(16000)
    assert wide.window_samples == 512
    speech = (await asyncio.to_thread(synthesize, SENTENCE, sample_rate=16000)).samples
    windows = windows_of(np.asarray(speech), wide.window_samples)
    alone = probabilities(wide, windows)
    assert np.mean([p >= 0.5 for p in alone]) > 0.7
    assert max(probabilities(wide, windows_of(np.zeros(16000, np.int16), wide.window_samples))) < 0.3
    heard: tuple[list[float], list[float]] = ([], [])
    streams = [wide.open(of_stream.append) for of_stream in heard]
    for window in windows:
        for stream in streams:
            wide.submit(stream, window)
        wide.run()
    for of_stream in heard:
        assert np.allclose(of_stream, alone, atol=1e-3)


async def test_speech_begins_within_four_windows_of_its_onset(model: SileroModel) -> None:
    speech = await spoken(SENTENCE)
    speech = speech[np.flatnonzero(np.abs(speech) > 327)[0] :]
    likely = probabilities(model, windows_of(np.concatenate([np.zeros(8192, np.int16), speech])))
    assert max(likely[:32]) < 0.5
    assert any(a >= 0.5 and b >= 0.5 for a, b in pairwise(likely[32:36]))


@pytest.mark.parametrize("backlog", [1, 3])
async def test_batching_changes_nothing(model: SileroModel, backlog: int) -> None:
    speech = windows_of(await spoken(SENTENCE))[:40]
    shifted = [speech[index:] + speech[:index] for index in range(5)]
    alone = [probabilities(model, windows) for windows in shifted]
    heard: list[list[float]] = [[] for _ in shifted]
    streams = [model.open(one.append) for one in heard]
    for at in range(0, len(speech), backlog):
        for stream, windows in zip(streams, shifted, strict=True):
            for window in windows[at : at + backlog]:
                model.submit(stream, window)
        model.run()
    assert np.allclose(heard, alone, atol=1e-4)


def test_one_calls_failing_callback_does_not_make_the_others_deaf(model: SileroModel) -> None:
    heard: list[float] = []

    def fail(probability: float) -> None:
        raise ZeroDivisionError

    silence = np.zeros(256, np.float32)
    broken, whole = model.open(fail), model.open(heard.append)
    for _ in range(3):
        model.submit(broken, silence)
        model.submit(whole, silence)
        model.run()
    assert len(heard) == 3


def test_a_closed_stream_hears_nothing_more_even_within_the_batch(model: SileroModel) -> None:
    heard: list[float] = []
    second = model.open(heard.append)
    first = model.open(lambda probability: model.close(second))
    for stream in (first, second, second):
        model.submit(stream, np.zeros(256, np.float32))
    model.run()
    model.submit(second, np.zeros(256, np.float32))
    model.run()
    assert heard == []


def test_what_is_not_urgent_waits_for_others_but_not_for_long(model: SileroModel) -> None:
    heard: list[float] = []
    stream = model.open(heard.append)
    silence = np.zeros(256, np.float32)
    model.submit(stream, silence, urgent=False)
    model.run(1.0)
    assert len(heard) == 1, "nothing ran for long: this may run at once"
    model.submit(stream, silence, urgent=False)
    model.run(1.01)
    assert len(heard) == 1
    model.run(1.02)
    assert len(heard) == 2
    model.submit(stream, silence, urgent=False)
    model.submit(stream, silence)
    model.run(1.03)
    assert len(heard) == 4, "the urgent one takes what waits along"
    model.close(stream)


def test_more_calls_than_a_batch_holds_are_all_served(model: SileroModel) -> None:
    heard = [0] * 200

    def count(index: int, probability: float) -> None:
        heard[index] += 1

    streams = [model.open(partial(count, index)) for index in range(200)]
    for stream in streams:
        model.submit(stream, np.zeros(256, np.float32))
        model.submit(stream, np.zeros(256, np.float32))
    model.run()
    assert heard == [2] * 200


async def test_a_stream_that_is_reset_hears_like_a_new_one(model: SileroModel) -> None:
    samples = await spoken("Excuse me, one question.")
    fresh = probabilities(model, windows_of(samples))
    heard: list[float] = []
    stream = model.open(heard.append)
    for window in windows_of(np.zeros(8000 * 4, dtype=np.float32)):
        model.submit(stream, window)
        model.run()
    heard.clear()
    model.reset(stream)
    for window in windows_of(samples):
        model.submit(stream, window)
        model.run()
    model.close(stream)
    assert heard == pytest.approx(fresh, abs=1e-5)


def test_other_rates_are_refused() -> None:
    with pytest.raises(ValueError, match="44100"):
        SileroModel(44100)


async def test_a_call_that_takes_the_place_of_another_begins_with_a_clean_memory(model: SileroModel) -> None:
    windows = windows_of(await spoken(SENTENCE))
    alone = probabilities(model, windows)
    places = [model.open(lambda _: None) for _ in range(40)]
    for place in places:
        model.submit(place, windows[20])
    model.run()
    for place in places:
        model.close(place)
        model.close(place)
    assert probabilities(model, windows) == alone
