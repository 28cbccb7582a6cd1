"""Telephone codecs and resampling for the simulators, on numpy arrays.

µ-law and A-law follow ITU-T G.711. The tables are computed once: an expansion is one lookup of 256 entries, a
compression one lookup of 65536.
"""

from functools import cache

import numpy as np
import numpy.typing as npt
import soxr

Samples = npt.NDArray[np.int16]

_ULAW_BIAS = 0x84
_ULAW_CLIP = 8159 - 1


def ulaw_to_samples(data: bytes) -> Samples:
    """Expand G.711 µ-law, one byte a sample, to int16."""
    return _ulaw_expansion()[np.frombuffer(data, dtype=np.uint8)]


def samples_to_ulaw(samples: Samples) -> bytes:
    """Compress int16 samples to G.711 µ-law, one byte a sample."""
    return _ulaw_compression()[samples.view(np.uint16)].tobytes()


def alaw_to_samples(data: bytes) -> Samples:
    """Expand G.711 A-law, one byte a sample, to int16."""
    return _alaw_expansion()[np.frombuffer(data, dtype=np.uint8)]


def samples_to_alaw(samples: Samples) -> bytes:
    """Compress int16 samples to G.711 A-law, one byte a sample."""
    return _alaw_compression()[samples.view(np.uint16)].tobytes()


def linear16_to_samples(data: bytes) -> Samples:
    """Little-endian int16 bytes as an array; a trailing odd byte is dropped."""
    return np.frombuffer(data[: len(data) & ~1], dtype="<i2").astype(np.int16, copy=False)


def samples_to_linear16(samples: Samples) -> bytes:
    """int16 samples as little-endian bytes."""
    return samples.astype("<i2", copy=False).tobytes()


def resample(samples: Samples, from_rate: int, to_rate: int) -> Samples:
    """Resample a whole recording with good quality; not for streams."""
    if from_rate == to_rate or samples.size == 0:
        return samples
    resampled: Samples = soxr.resample(samples, from_rate, to_rate, quality="HQ")
    return resampled


@cache
def _ulaw_expansion() -> Samples:
    codes = ~np.arange(256, dtype=np.uint8)
    exponent = (codes >> 4) & 7
    mantissa = (codes & 0x0F).astype(np.int32)
    magnitude = (((mantissa << 3) + _ULAW_BIAS) << exponent) - _ULAW_BIAS
    return np.where(codes & 0x80, -magnitude, magnitude).astype(np.int16)


@cache
def _ulaw_compression() -> npt.NDArray[np.uint8]:
    values = np.arange(65536, dtype=np.uint16).view(np.int16).astype(np.int32)
    # G.711 compresses 14 bits.
    magnitude = np.minimum(np.abs(values >> 2), _ULAW_CLIP) + (_ULAW_BIAS >> 2)
    exponent = np.floor(np.log2(magnitude)).astype(np.int32) - 5
    mantissa = (magnitude >> (exponent + 1)) & 0x0F
    sign = np.where(values < 0, 0x80, 0)
    codes: npt.NDArray[np.uint8] = (~(sign | (exponent << 4) | mantissa) & 0xFF).astype(np.uint8)
    return codes


@cache
def _alaw_expansion() -> Samples:
    codes = np.arange(256, dtype=np.uint8) ^ 0x55
    exponent = ((codes >> 4) & 7).astype(np.int32)
    mantissa = (codes & 0x0F).astype(np.int32)
    linear = (mantissa << 4) + 8
    magnitude = np.where(exponent > 0, (linear + 0x100) << np.maximum(exponent - 1, 0), linear)
    return np.where(codes & 0x80, magnitude, -magnitude).astype(np.int16)


@cache
def _alaw_compression() -> npt.NDArray[np.uint8]:
    values = np.arange(65536, dtype=np.uint16).view(np.int16).astype(np.int32)
    positive = values >= 0
    magnitude = np.minimum(np.where(positive, values, -values - 1), 32767)
    exponent = np.maximum(np.floor(np.log2(np.maximum(magnitude, 1))).astype(np.int32) - 7, 0)
    mantissa = (magnitude >> np.where(exponent > 0, exponent + 3, 4)) & 0x0F
    sign = np.where(positive, 0x80, 0)
    codes: npt.NDArray[np.uint8] = ((sign | (exponent << 4) | mantissa) ^ 0x55).astype(np.uint8)
    return codes
