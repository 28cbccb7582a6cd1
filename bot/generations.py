"""Numbers for the agent's replies, so that nothing stale is ever spoken or done.

Every reply takes a number. When the caller takes over, all numbers given so far become stale at once:
audio that still arrives for them is dropped, and their tool calls no longer run.
"""


class Generations:
    """The counter of one call."""

    def __init__(self) -> None:
        self._latest = 0
        self._stale_through = 0

    def next(self) -> int:
        """A number for a new reply."""
        self._latest += 1
        return self._latest

    def invalidate(self) -> None:
        """Everything begun so far is stale."""
        self._stale_through = self._latest

    def is_current(self, generation: int) -> bool:
        """True while that reply may still speak and act."""
        return generation > self._stale_through

    @property
    def any_current(self) -> bool:
        """True when a reply was begun since everything became stale, whether or not it has been heard by now."""
        return self._latest > self._stale_through
