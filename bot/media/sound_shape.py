"""What a sound is, by the course of its loudness: laughter has a rhythm, and a far-off voice has no gaps.

Laughter is four to six syllables a second with silence after each; speech has fewer gaps, and at odd times. A
voice from across a room comes with the room's echo, which fills the gaps that speech into a receiver has. Both are
said of sounds that go on without a recognised word, so being wrong costs a caller no more than waiting for words.
"""

import math

GAP_SHARE = 0.15
"""Of a sound's loud windows (its 90th percentile), under which there is a gap."""
ECHO_SHARE = 0.1
"""The same for a voice with an echo."""
LOUD_QUANTILE = 0.9
LAUGHTER_GAPS_A_SECOND = 4.2
"""Between the laughs of `bench noise` and the interruptions of `bench barge-in`, 0.7 s from their onset."""
ECHO_FILL = 0.97
"""Part of the windows that are no gap: between the far and the near voices of the same, 1.2 s from their onset."""


class SoundShape:
    """Follows the RMS of one sound's windows.

    Args:
        window_seconds: How long a window is.
    """

    def __init__(self, window_seconds: float) -> None:
        self._window_seconds = window_seconds
        self._energies: list[float] = []

    def begin(self) -> None:
        """Another sound begins."""
        self._energies.clear()

    def feed(self, energy: float) -> None:
        """Take the next window's RMS."""
        self._energies.append(energy)

    @property
    def laughs(self) -> bool:
        """Whether it has the rhythm of laughter."""
        return self._gaps() / (len(self._energies) * self._window_seconds) >= LAUGHTER_GAPS_A_SECOND

    @property
    def echoes(self) -> bool:
        """Whether its gaps are filled as by the echo of a room."""
        least = ECHO_SHARE * self._loud()
        filled = sum(energy >= least for energy in self._energies)
        return filled >= ECHO_FILL * len(self._energies)

    def _gaps(self) -> int:
        least = GAP_SHARE * self._loud()
        pairs = zip(self._energies, self._energies[1:], strict=False)
        return sum(before >= least > after for before, after in pairs)

    def _loud(self) -> float:
        return sorted(self._energies)[math.ceil(LOUD_QUANTILE * len(self._energies)) - 1]
