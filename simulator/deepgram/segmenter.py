"""Where speech is, by energy over an adaptive noise floor.

The floor is the minimum of the smoothed level over the last 1.5 s (minimum statistics, R. Martin 2001): speech
has gaps, line noise has none.
"""

from collections import deque

_FLOOR_FRAMES = 75
_TRUSTED_FRAMES = 25
_MARGIN_DB = 7.0
_QUIETEST_THRESHOLD_DB = -62.0


class NoiseGate:
    """Says frame by frame (20 ms) what level counts as speech."""

    def __init__(self) -> None:
        self._levels: deque[float] = deque(maxlen=_FLOOR_FRAMES)
        self._recent: deque[float] = deque(maxlen=3)
        self.threshold_db = _QUIETEST_THRESHOLD_DB

    @property
    def just_trusted(self) -> bool:
        """True at the one frame from which on the noise is known: what came before must be judged anew."""
        return len(self._levels) == _TRUSTED_FRAMES

    def update(self, level_db: float) -> bool:
        """Take in one frame's level in dBFS; True if it is speech."""
        self._recent.append(level_db)
        self._levels.append(sum(self._recent) / len(self._recent))
        # Until half a second was heard, a loud beginning may be speech as well as noise.
        if len(self._levels) >= _TRUSTED_FRAMES:
            self.threshold_db = max(min(self._levels) + _MARGIN_DB, _QUIETEST_THRESHOLD_DB)
        return level_db > self.threshold_db
