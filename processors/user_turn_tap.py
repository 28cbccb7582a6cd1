"""Reports each finished turn of the caller, exactly as it entered the conversation."""

from collections.abc import Callable

from pipecat.frames.frames import Frame, LLMContextUserTurnFrame
from pipecat.processors.frame_processor import FrameDirection

from processors.direct import DirectProcessor


class UserTurnTap(DirectProcessor):
    """Stands right behind the user aggregator.

    Args:
        on_turn: Called with the turn's text.
    """

    def __init__(self, on_turn: Callable[[str], None]) -> None:
        super().__init__("user-turn-tap")
        self._on_turn = on_turn

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Watch turns pass."""
        await super().process_frame(frame, direction)
        if isinstance(frame, LLMContextUserTurnFrame) and direction is FrameDirection.DOWNSTREAM:
            self._on_turn(frame.text)
        await self.push_frame(frame, direction)
