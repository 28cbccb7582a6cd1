"""Numbers for the agent's replies, so that nothing stale is ever spoken or done.

Every reply takes a number. When the caller takes over, all numbers given so far become stale at once:
audio that still arrives for them is dropped, and their tool calls no longer run. A reply to a turn that is not
over for certain is held: it is made, and neither heard nor acted upon, until its number is released.
"""


class Generations:
    """The counter of one call."""

    def __init__(self) -> None:
        self._latest = 0
        self._stale_through = 0
        self._held: set[int] = set()
        self._withdrawn: set[int] = set()

    def next(self, *, held: bool = False) -> int:
        """A number for a new reply.

        Args:
            held: It may not be heard before `release`.
        """
        self._latest += 1
        if held:
            self._held.add(self._latest)
        return self._latest

    def release(self, generation: int) -> None:
        """That reply may be heard from now on, unless it is stale."""
        self._held.discard(generation)

    def withdraw(self, generation: int) -> None:
        """That reply alone is stale."""
        self._held.discard(generation)
        self._withdrawn.add(generation)

    def invalidate(self) -> None:
        """Everything begun so far is stale."""
        self._stale_through = self._latest
        self._held.clear()
        self._withdrawn.clear()

    def is_current(self, generation: int) -> bool:
        """True while that reply may still be made, spoken and acted upon."""
        return generation > self._stale_through and generation not in self._withdrawn

    def is_held(self, generation: int) -> bool:
        """True while that reply may not be heard yet."""
        return generation in self._held

    @property
    def any_current(self) -> bool:
        """True when a reply was begun since everything became stale, whether or not it has been heard by now.

        What is held may come to nothing, and does not count.
        """
        numbers = range(self._stale_through + 1, self._latest + 1)
        return any(number not in self._held and number not in self._withdrawn for number in numbers)
