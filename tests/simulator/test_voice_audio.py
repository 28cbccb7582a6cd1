"""Codecs against the reference values of ITU-T G.711."""

import numpy as np
import pytest

from simulator import audio

_ALL = np.arange(-32768, 32768).astype(np.int16)


def test_known_ulaw_values() -> None:
    assert audio.ulaw_to_samples(bytes([0xFF, 0x7F, 0x80, 0x00])).tolist() == [0, 0, 32124, -32124]
    assert audio.samples_to_ulaw(np.array([0, 32767, -32768], dtype=np.int16)) == bytes([0xFF, 0x80, 0x00])


def test_known_alaw_values() -> None:
    assert audio.alaw_to_samples(bytes([0xD5, 0x55, 0xAA, 0x2A])).tolist() == [8, -8, 32256, -32256]
    assert audio.samples_to_alaw(np.array([0, 32767, -32768], dtype=np.int16)) == bytes([0xD5, 0xAA, 0x2A])


@pytest.mark.parametrize(
    ("compress", "expand"),
    [(audio.samples_to_ulaw, audio.ulaw_to_samples), (audio.samples_to_alaw, audio.alaw_to_samples)],
)
def test_error_is_small_relative_to_the_sample(compress: object, expand: object) -> None:
    assert callable(compress)
    assert callable(expand)
    error = np.abs(expand(compress(_ALL)).astype(np.int32) - _ALL)
    assert (error <= np.maximum(np.abs(_ALL.astype(np.int32)) // 16 + 16, 16)).all()


@pytest.mark.parametrize(
    ("compress", "expand"),
    [(audio.samples_to_ulaw, audio.ulaw_to_samples), (audio.samples_to_alaw, audio.alaw_to_samples)],
)
def test_a_second_pass_changes_nothing(compress: object, expand: object) -> None:
    assert callable(compress)
    assert callable(expand)
    once = expand(compress(_ALL))
    assert (expand(compress(once)) == once).all()


def test_linear16_drops_half_a_sample() -> None:
    assert audio.linear16_to_samples(b"\x01\x00\xff\xff\x07").tolist() == [1, -1]
    assert audio.samples_to_linear16(np.array([1, -1], dtype=np.int16)) == b"\x01\x00\xff\xff"


def test_resampling_keeps_a_tone() -> None:
    tone = (10000 * np.sin(2 * np.pi * 440 * np.arange(8000) / 8000)).astype(np.int16)
    doubled = audio.resample(tone, 8000, 16000)
    assert doubled.size == 16000
    spectrum = np.abs(np.fft.rfft(doubled))
    assert int(spectrum.argmax()) == 440
    assert audio.resample(tone, 8000, 8000) is tone
