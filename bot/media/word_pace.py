"""How soon the recogniser has words for speech that goes on, learned from all calls of the process.

Recognisers differ, and so do networks and loads: half a second to the first interim word is usual, some send none
before the pause. Only where words are known to come early can their absence be held against a sound.
"""

import math
from collections import deque

REMEMBERED = 100
"""Utterances."""
SHARE = 0.9
"""Of them, how many have had their first words by the time that counts."""
SLACK_SECONDS = 0.15
SLOWEST_SECONDS = 1.4
"""A recogniser whose first words take longer says nothing by its silence."""


class WordPace:
    """The time from the beginning of speech to its first words; one for all calls.

    Attributes:
        due_seconds: After how much speech there would be words; None where that is not known, or too late to use.
    """

    def __init__(self) -> None:
        self._delays: deque[float] = deque(maxlen=REMEMBERED)
        self.due_seconds: float | None = None

    def note(self, seconds: float) -> None:
        """The first words of an utterance took so long."""
        self._delays.append(seconds)
        usual = sorted(self._delays)[math.ceil(SHARE * len(self._delays)) - 1]
        self.due_seconds = usual + SLACK_SECONDS if usual <= SLOWEST_SECONDS else None


class WordWatch:
    """One call's part in it: takes the times. They are loop times."""

    def __init__(self, pace: WordPace) -> None:
        self.pace = pace
        self._began_at: float | None = None

    def speech_began(self, now: float) -> None:
        """Voice activity has begun."""
        self._began_at = now

    def words(self, now: float) -> None:
        """The recogniser has words, interim or final, for what has been said since then."""
        if self._began_at is not None:
            self.pace.note(now - self._began_at)
            self._began_at = None
