"""The stereo WAV that the simulated caller wrote, looked at."""

import wave
from dataclasses import dataclass
from pathlib import Path

import numpy as np

AUDIBLE_RMS = 50.0
"""RMS of 16-bit samples over the whole call above which somebody spoke; line noise is below 10."""


@dataclass(frozen=True, slots=True)
class Recording:
    """What is in the file.

    Attributes:
        channels: Two: the caller left, the agent right.
        seconds: Its length.
        levels: RMS of each channel's 16-bit samples.
    """

    path: Path
    channels: int
    seconds: float
    levels: tuple[float, ...]

    @property
    def has_both_voices(self) -> bool:
        """Whether neither channel is silent."""
        return self.channels == 2 and all(level >= AUDIBLE_RMS for level in self.levels)


def inspect_recording(path: Path) -> Recording | None:
    """Read the file; None if there is none, or it is no WAV. Blocking."""
    try:
        with wave.open(str(path), "rb") as file:
            channels, rate, frames = file.getnchannels(), file.getframerate(), file.getnframes()
            samples = np.frombuffer(file.readframes(frames), dtype="<i2").reshape(-1, channels)
    except (OSError, EOFError, wave.Error, ValueError):
        return None
    if not len(samples):
        return Recording(path, channels, 0.0, (0.0,) * channels)
    levels = np.sqrt(np.mean(np.square(samples, dtype=np.float64), axis=0))
    return Recording(path, channels, frames / rate, tuple(float(level) for level in levels))
