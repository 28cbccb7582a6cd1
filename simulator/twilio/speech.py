"""What a caller says, prepared before it is needed: µ-law frames and their base64, with onset and end.

Preparing ahead keeps synthesis, resampling and encoding out of the 20 ms clock.
"""

import base64
import functools
import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simulator.twilio import mulaw
from simulator.twilio.mulaw import FRAME_BYTES, SILENCE, SPEECH_ENERGY

_NOISE_FRAMES = 100


@dataclass(frozen=True, slots=True)
class PreparedSpeech:
    """One utterance as 20 ms frames.

    Attributes:
        text: The words.
        frames: 160 bytes of µ-law each.
        payloads: The same in base64, as a `media` message carries them.
        onset_frame: Index of the frame with the first 10 ms above -40 dBFS; None if there is none.
        last_speech_frame: Index of the frame with the last such 10 ms.
    """

    text: str
    frames: tuple[bytes, ...]
    payloads: tuple[bytes, ...]
    onset_frame: int | None
    last_speech_frame: int | None

    @property
    def duration_secs(self) -> float:
        """How long it takes to say."""
        return len(self.frames) * mulaw.FRAME_SECS


@dataclass(frozen=True, slots=True)
class Background:
    """What the line sounds like while the caller says nothing: a loop of frames.

    Attributes:
        frames: 160 bytes of µ-law each.
        payloads: The same in base64.
        noise_dbfs: RMS of the white noise, None for a digitally silent line.
    """

    frames: tuple[bytes, ...]
    payloads: tuple[bytes, ...]
    noise_dbfs: float | None


@functools.lru_cache(maxsize=16)
def background(noise_dbfs: float | None = None, silence_byte: int = SILENCE) -> Background:
    """Return the background of a quiet line, or of one with white noise at an RMS level."""
    if noise_dbfs is None:
        frames: tuple[bytes, ...] = (bytes([silence_byte]) * FRAME_BYTES,)
    else:
        frames = _frames_of(_noise(noise_dbfs, _NOISE_FRAMES * FRAME_BYTES))
    return Background(frames, tuple(base64.b64encode(frame) for frame in frames), noise_dbfs)


def prepare_speech(
    text: str, pcm: bytes, *, level_db: float = 0.0, noise_dbfs: float | None = None
) -> PreparedSpeech:
    """Turn int16 mono samples at 8000 Hz into frames.

    Args:
        text: The words, for reports.
        pcm: The samples; the last frame is filled up with zeros.
        level_db: Gain; negative is quieter.
        noise_dbfs: Line noise that lies under the speech. Onset and end are found without it.
    """
    samples = np.frombuffer(pcm, dtype="<i2").astype(np.float64) * math.pow(10.0, level_db / 20.0)
    samples = np.pad(samples, (0, -len(samples) % FRAME_BYTES))
    clean = _to_int16(samples)
    audible = np.flatnonzero(mulaw.window_energies(mulaw.encode(clean)) > SPEECH_ENERGY) // 2
    noisy = clean if noise_dbfs is None else _to_int16(samples + _noise(noise_dbfs, len(samples)))
    frames = _frames_of(noisy)
    return PreparedSpeech(
        text=text,
        frames=frames,
        payloads=tuple(base64.b64encode(frame) for frame in frames),
        onset_frame=int(audible[0]) if len(audible) else None,
        last_speech_frame=int(audible[-1]) if len(audible) else None,
    )


def _noise(dbfs: float, count: int) -> npt.NDArray[np.int16]:
    generator = np.random.default_rng(8000)
    return _to_int16(generator.normal(0.0, 32768.0 * math.pow(10.0, dbfs / 20.0), count))


def _to_int16(samples: npt.NDArray[np.float64]) -> npt.NDArray[np.int16]:
    return np.clip(np.rint(samples), -32768, 32767).astype(np.int16)


def _frames_of(samples: npt.NDArray[np.int16]) -> tuple[bytes, ...]:
    encoded = mulaw.encode(samples)
    return tuple(encoded[start : start + FRAME_BYTES] for start in range(0, len(encoded), FRAME_BYTES))
