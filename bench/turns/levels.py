"""Loudness: every speech and every sound is brought to a level that is named in the tables."""

import math

import numpy as np
import numpy.typing as npt

Signal = npt.NDArray[np.float64]

SAMPLE_RATE = 8000
_WINDOW = SAMPLE_RATE // 100
_ACTIVE_RANGE_DB = 20.0
_QUIETEST = 1e-9


def level_dbfs(signal: Signal) -> float:
    """Return the RMS level, re full scale 1.0, of the 10 ms windows within 20 dB of the loudest one.

    Pauses do not count: a sentence is as loud as its words.
    """
    powers = _window_powers(signal)
    active = powers[powers >= powers.max() * math.pow(10.0, -_ACTIVE_RANGE_DB / 10.0)]
    return 10.0 * math.log10(max(float(active.mean()), _QUIETEST))


def at_level(signal: Signal, dbfs: float) -> Signal:
    """Return the signal at this level; what is above full scale clips, as on a telephone."""
    gain = math.pow(10.0, (dbfs - level_dbfs(signal)) / 20.0)
    return np.clip(signal * gain, -1.0, 1.0)


def trimmed(signal: Signal, threshold: float = 0.004) -> Signal:
    """Return the signal from its first to its last sample above the threshold, so that pauses are exact."""
    loud = np.flatnonzero(np.abs(signal) > threshold)
    return signal[loud[0] : loud[-1] + 1] if loud.size else signal


def from_pcm(pcm: bytes) -> Signal:
    """Return int16 samples as a signal."""
    return np.frombuffer(pcm, dtype="<i2").astype(np.float64) / 32768.0


def to_pcm(signal: Signal) -> bytes:
    """Return a signal as int16 samples."""
    return np.clip(np.rint(signal * 32767.0), -32768, 32767).astype("<i2").tobytes()


def silence(seconds: float) -> Signal:
    """Return that many seconds of nothing."""
    return np.zeros(round(seconds * SAMPLE_RATE))


def _window_powers(signal: Signal) -> Signal:
    padded = np.pad(signal, (0, -len(signal) % _WINDOW)) if len(signal) else np.zeros(_WINDOW)
    powers: Signal = (padded.reshape(-1, _WINDOW) ** 2).mean(axis=1)
    return powers
