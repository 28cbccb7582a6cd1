"""How soon the recogniser has words for speech that goes on, learned from the call itself.

Recognisers differ, and so do networks: half a second to the first interim word is usual, some send none before the
pause. Only where a call has shown that words come early can their absence be held against a sound.
"""

from collections import deque
from statistics import median

REMEMBERED = 5
"""Utterances; the median of them counts."""
SLACK_SECONDS = 0.2
SLOWEST_SECONDS = 1.2
"""A recogniser whose first words take longer says nothing by its silence."""


class WordDelay:
    """Keeps the time from the beginning of speech to its first words. Times are loop times."""

    def __init__(self) -> None:
        self._began_at: float | None = None
        self._delays: deque[float] = deque(maxlen=REMEMBERED)

    @property
    def due_seconds(self) -> float | None:
        """After how much speech there would be words; None where that is not known, or too late to be of use."""
        if not self._delays:
            return None
        usual = median(self._delays)
        return usual + SLACK_SECONDS if usual <= SLOWEST_SECONDS else None

    def speech_began(self, now: float) -> None:
        """Voice activity has begun."""
        self._began_at = now

    def words(self, now: float) -> None:
        """The recogniser has words, interim or final, for what has been said since then."""
        if self._began_at is not None:
            self._delays.append(now - self._began_at)
            self._began_at = None
