"""What the agent was heard to do, from the audio that the caller heard and nothing else.

Whether the agent goes on with a reply, or says something else, is told by the sound: every reply is heard once
undisturbed, and a later stretch belongs to it if it sounds like some place in it. The simulated voice says a
sentence a little differently each time, so spectra are compared, not samples.
"""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from simulator.deepgram.features import BANDS, FeatureExtractor
from simulator.twilio import mulaw
from simulator.twilio.mulaw import SAMPLE_RATE, SPEECH_ENERGY, window_energies

WINDOW_MS = 10.0
_HOP_SECS = 0.01
_PIECE_FRAMES = 30
_STEP = 2
"""Every other frame is compared: half the work, and the same answer."""
_FLOOR_DB = -65.0
_AUDIBLE_DB = -45.0
_AUDIBLE_SHARE = 0.8
_SAME_DB = 1.5
"""Mean distance per band under which 0.3 s are the same words: measured, the same words of the simulated voice are
under 1.3 apart, and other words nearly always over 2.5."""

Matrix = npt.NDArray[np.float32]


def audible(track: bytes) -> npt.NDArray[np.bool_]:
    """Say of every 10 ms of µ-law whether anything is to be heard (above -40 dBFS)."""
    return window_energies(track) > SPEECH_ENERGY


def audible_ms(track: bytes) -> float:
    """How much of the track is audible."""
    return float(audible(track).sum()) * WINDOW_MS


def longest_gap_ms(track: bytes) -> float:
    """The longest silence between two sounds; 0.0 if there are no two."""
    heard = np.flatnonzero(audible(track))
    return float(np.diff(heard).max() - 1) * WINDOW_MS if len(heard) > 1 else 0.0


class KnownReply:
    """A reply that was heard undisturbed.

    Args:
        track: Its µ-law, from before its beginning to as far as it is known.
    """

    def __init__(self, track: bytes) -> None:
        self.audible_ms = audible_ms(track)
        bands, _ = _features(track)
        if len(bands) < _PIECE_FRAMES:
            bands = np.full((_PIECE_FRAMES, BANDS), _FLOOR_DB, dtype=np.float32)
        places = np.lib.stride_tricks.sliding_window_view(bands, _PIECE_FRAMES, axis=0)
        self._places = places[:, :, ::_STEP].transpose(0, 2, 1)

    def share_of(self, track: bytes) -> float:
        """How much of a track is out of this reply, 0 to 1, by its audible pieces of 0.3 s; 0.0 if it has none.

        Blocks for some milliseconds a second of track.
        """
        known = [self._distance_db(piece) < _SAME_DB for piece in _pieces(track)]
        return sum(known) / len(known) if known else 0.0

    def _distance_db(self, piece: Matrix) -> float:
        return float(np.abs(self._places - piece).mean(axis=(1, 2)).min())


def goes_on(track: bytes, reply: KnownReply, other: KnownReply | None = None) -> bool:
    """Whether a track goes on with a reply rather than with another one, or with something unknown; blocking."""
    share = reply.share_of(track)
    return share >= 0.5 and (other is None or share > other.share_of(track))


def _pieces(track: bytes) -> Iterator[Matrix]:
    bands, levels = _features(track)
    for at in range(0, len(bands) - _PIECE_FRAMES + 1, _PIECE_FRAMES):
        if (levels[at : at + _PIECE_FRAMES] > _AUDIBLE_DB).mean() >= _AUDIBLE_SHARE:
            yield bands[at : at + _PIECE_FRAMES : _STEP]


def _features(track: bytes) -> tuple[Matrix, Matrix]:
    extractor = FeatureExtractor(SAMPLE_RATE, _HOP_SECS)
    frames = extractor.push(mulaw.decode(track))
    return np.maximum(frames.bands, _FLOOR_DB), frames.levels
