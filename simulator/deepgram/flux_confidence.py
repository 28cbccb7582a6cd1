"""How sure the simulated Flux is that a turn is over.

Flux itself judges sound and meaning together in one network. Chosen here, in its place: what was said sets how
fast certainty grows with silence. With the default threshold of 0.7 a whole sentence is over after 0.2 s, words
without a mark after 0.7 s, and what plainly goes on after 4.6 s.
"""

import math
from dataclasses import dataclass

_DANGLING = frozenset(
    {"and", "or", "but", "the", "a", "an", "my", "is", "to", "for", "of", "with", "um", "uh", "so"}
)


@dataclass(frozen=True, slots=True)
class _Growth:
    """Doubt at the last sound, and the seconds of silence in which it falls to a third (1/e)."""

    doubt: float
    seconds: float


_WHOLE = _Growth(doubt=0.6, seconds=0.25)
_OPEN = _Growth(doubt=0.75, seconds=0.8)
_GOES_ON = _Growth(doubt=0.95, seconds=4.0)


def end_of_turn_confidence(transcript: str, silence_secs: float) -> float:
    """From 0 to 1, that no more words come in this turn.

    Args:
        transcript: The turn so far.
        silence_secs: Since its last sound.
    """
    growth = _growth(transcript)
    return round(1.0 - growth.doubt * math.exp(-max(silence_secs, 0.0) / growth.seconds), 4)


def _growth(transcript: str) -> _Growth:
    last = transcript.rpartition(" ")[2].lower()
    if last.endswith((".", "?", "!")):
        return _WHOLE
    return _GOES_ON if last.endswith(",") or last in _DANGLING else _OPEN
