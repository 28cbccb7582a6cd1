"""G.711 µ-law (ITU-T G.711, 8000 Hz, one byte a sample) and energy, by lookup tables.

Tables, because a load generator converts every 20 ms of every call: one numpy gather a frame is a few
microseconds.
"""

import math

import numpy as np
import numpy.typing as npt

SAMPLE_RATE = 8000
"""Samples, and bytes, a second of a phone call."""

FRAME_BYTES = 160
"""Bytes of one 20 ms frame."""

FRAME_SECS = 0.02

WINDOW_BYTES = 80
"""Bytes of one 10 ms energy window, the grain of every onset in the measures."""

SILENCE = 0xFF
"""The µ-law byte for zero."""

SPEECH_DBFS = -40.0
"""A 10 ms window above this RMS level (re full scale 32768) is speech, in every measure."""

_BIAS = 0x84
_CLIP = 32635


def _decode_table() -> npt.NDArray[np.int16]:
    code = ~np.arange(256, dtype=np.int32) & 0xFF
    magnitude = ((((code & 0x0F) << 3) + _BIAS) << ((code & 0x70) >> 4)) - _BIAS
    return np.where(code & 0x80, -magnitude, magnitude).astype(np.int16)


def _encode_table() -> npt.NDArray[np.uint8]:
    sample = np.arange(-32768, 32768, dtype=np.int32)
    magnitude = np.minimum(np.abs(sample), _CLIP) + _BIAS
    exponent = np.floor(np.log2(magnitude)).astype(np.int32) - 7
    mantissa = (magnitude >> (exponent + 3)) & 0x0F
    sign = np.where(sample < 0, 0x80, 0)
    codes: npt.NDArray[np.uint8] = (~(sign | (exponent << 4) | mantissa) & 0xFF).astype(np.uint8)
    return codes


_DECODE = _decode_table()
_ENCODE = _encode_table()
_SQUARES = _DECODE.astype(np.int64) ** 2


def decode(mulaw: bytes | bytearray) -> npt.NDArray[np.int16]:
    """Return the int16 samples of µ-law bytes."""
    return _DECODE[np.frombuffer(mulaw, dtype=np.uint8)]


def encode(samples: npt.NDArray[np.int16]) -> bytes:
    """Return the µ-law bytes of int16 samples."""
    return _ENCODE[samples.astype(np.int32) + 32768].tobytes()


def window_energies(mulaw: bytes) -> npt.NDArray[np.int64]:
    """Return the sum of squared samples of every whole 10 ms window."""
    whole = len(mulaw) - len(mulaw) % WINDOW_BYTES
    squares = _SQUARES[np.frombuffer(mulaw, dtype=np.uint8, count=whole)]
    energies: npt.NDArray[np.int64] = squares.reshape(-1, WINDOW_BYTES).sum(axis=1)
    return energies


def energy_threshold(dbfs: float = SPEECH_DBFS) -> float:
    """Return the window energy (as `window_energies` counts) of an RMS level in dBFS."""
    return WINDOW_BYTES * (32768.0 * math.pow(10.0, dbfs / 20.0)) ** 2


SPEECH_ENERGY = energy_threshold()
