"""What is special about single replies: that one may not be interrupted, that one ends the call."""

from collections.abc import Callable

from bot.generations import Generations
from data.records import EndReason


class ReplyEndings:
    """Notes of one call, made while a reply is written and acted on when it has been heard.

    Args:
        generations: The call's reply numbers.
        protect: Makes playback of a reply uninterruptible.
        end_call: Ends the call.
    """

    def __init__(
        self,
        generations: Generations,
        protect: Callable[[int], None],
        end_call: Callable[[EndReason], None],
    ) -> None:
        self._generations = generations
        self._protect = protect
        self._end_call = end_call
        self._reasons: dict[int, EndReason] = {}

    def protect(self, generation: int) -> None:
        """That reply is heard to its end whatever the caller says."""
        self._protect(generation)

    def end_after(self, generation: int, reason: EndReason = EndReason.AGENT_ENDED) -> None:
        """The call ends once that reply has been heard; not if the caller interrupts it."""
        self._reasons[generation] = reason

    def take(self, generation: int) -> EndReason | None:
        """Why the call was to end after that reply; whoever says it anew has to say so again."""
        return self._reasons.pop(generation, None)

    def heard(self, generation: int) -> None:
        """A reply was heard to its end."""
        reason = self._reasons.pop(generation, None)
        if reason is not None and self._generations.is_current(generation):
            self._end_call(reason)
