"""How late the event loop comes to its work: what callers hear first when a process has too many of them."""

from collections import deque

SLOT_SECONDS = 1.0
SLOTS = 3


class LoopLag:
    """The largest delay of each of the last seconds. All times are loop times, in seconds."""

    def __init__(self) -> None:
        self._slots: deque[float] = deque(maxlen=SLOTS + 1)
        self._slot_ends = 0.0

    @property
    def sustained(self) -> float:
        """The least of the last three whole seconds' largest delays: a single bad second does not count."""
        whole = tuple(self._slots)[:-1]
        return min(whole) if len(whole) == SLOTS else 0.0

    @property
    def largest(self) -> float:
        """The largest delay of the last seconds."""
        return max(self._slots, default=0.0)

    def note(self, now: float, lag: float) -> None:
        """Something due `lag` seconds ago is done now."""
        if now >= self._slot_ends:
            if now >= self._slot_ends + SLOTS * SLOT_SECONDS:
                self._slots.clear()  # nothing was to be done meanwhile: what is known is old
            self._slots.append(0.0)
            self._slot_ends = now + SLOT_SECONDS
        self._slots[-1] = max(self._slots[-1], lag)
