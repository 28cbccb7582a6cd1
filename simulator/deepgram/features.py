"""Log-mel features of speech, the same for every sample rate and codec of a phone call.

All rates share one window length (32 ms), hence one bin width (31.25 Hz), and only 200 to 3400 Hz is looked at:
what survives a telephone. So templates made at 8 kHz match streams at any rate without resampling them.
"""

from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float32]

BANDS = 20
STREAM_HOP_SECS = 0.020
TEMPLATE_HOP_SECS = 0.010
SILENCE_DB = -100.0
_WINDOW_SECS = 0.032
_LOWEST_HZ = 200.0
_HIGHEST_HZ = 3400.0


class Frames(NamedTuple):
    """`bands`: (n, BANDS) dB per mel band; `levels`: (n,) dBFS between 200 and 3400 Hz."""

    bands: Matrix
    levels: Matrix


class _Bank(NamedTuple):
    window: Matrix
    low: int
    high: int
    weights: Matrix
    level_scale: float


class FeatureExtractor:
    """Turns a stream of samples into frames, keeping what is left over for the next call. Not thread-safe.

    Args:
        sample_rate: Hz.
        hop_secs: Time between frames.
    """

    def __init__(self, sample_rate: int, hop_secs: float = STREAM_HOP_SECS) -> None:
        self._bank = _bank(sample_rate)
        self._hop = round(sample_rate * hop_secs)
        self._rest: npt.NDArray[np.int16] = np.zeros(0, dtype=np.int16)

    def push(self, samples: npt.NDArray[np.int16]) -> Frames:
        """Frames that are complete with these samples; possibly none."""
        buffered = np.concatenate((self._rest, samples)) if self._rest.size else samples
        window = self._bank.window.size
        count = (buffered.size - window) // self._hop + 1 if buffered.size >= window else 0
        if count == 0:
            self._rest = buffered
            return Frames(np.zeros((0, BANDS), dtype=np.float32), np.zeros(0, dtype=np.float32))
        windows = np.lib.stride_tricks.sliding_window_view(buffered, window)[: count * self._hop : self._hop]
        self._rest = buffered[count * self._hop :].copy()
        return self._analyse(windows)

    def finish(self) -> Frames:
        """The frames of what is left, as if silence followed; the extractor then starts anew."""
        padding = np.zeros(self._bank.window.size, dtype=np.int16)
        frames = self.push(padding)
        self._rest = padding[:0]
        return frames

    def _analyse(self, windows: npt.NDArray[np.int16]) -> Frames:
        bank, count = self._bank, len(windows)
        if not windows.any():
            # What the sums below give for silence, which is most of a caller's audio.
            silence = np.full((count, BANDS), SILENCE_DB, dtype=np.float32)
            return Frames(silence, silence[:, 0].copy())
        spectrum = np.fft.rfft(windows * bank.window)[:, bank.low : bank.high]
        power = (spectrum.real**2 + spectrum.imag**2).astype(np.float32)
        bands = 10 * np.log10(power @ bank.weights + 1e-10)
        levels = 10 * np.log10(power.sum(axis=1) * bank.level_scale + 1e-10)
        return Frames(bands.astype(np.float32), levels.astype(np.float32))


@cache
def _bank(sample_rate: int) -> _Bank:
    size = round(sample_rate * _WINDOW_SECS)
    hann = np.hanning(size)
    frequencies = np.fft.rfftfreq(size, 1 / sample_rate)
    edges = _from_mel(np.linspace(_to_mel(_LOWEST_HZ), _to_mel(_HIGHEST_HZ), BANDS + 2))
    lower, centre, upper = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    triangles = np.minimum((frequencies - lower) / (centre - lower), (upper - frequencies) / (upper - centre))
    triangles = np.maximum(triangles, 0)
    triangles /= triangles.sum(axis=1, keepdims=True)
    inside = np.flatnonzero((frequencies >= _LOWEST_HZ / 2) & (frequencies <= _HIGHEST_HZ))
    low, high = int(inside[0]), int(inside[-1]) + 1
    return _Bank(
        window=(hann / 32768).astype(np.float32),
        low=low,
        high=high,
        # Normalised by the window's sum, so that a tone has the same value at every sample rate.
        weights=(triangles[:, low:high].T / hann.sum() ** 2).astype(np.float32),
        level_scale=float(2 / (size * (hann**2).sum())),
    )


def _to_mel(hertz: float) -> float:
    return float(2595 * np.log10(1 + hertz / 700))


def _from_mel(mel: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return 700 * (10 ** (mel / 2595) - 1)
