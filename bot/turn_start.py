"""When the caller's turn begins: the media plane says so, and whether it takes the word from the agent."""

from collections.abc import Callable

from pipecat.frames.frames import Frame, VADUserStartedSpeakingFrame
from pipecat.turns.types import ProcessFrameResult
from pipecat.turns.user_start import BaseUserTurnStartStrategy


class CallerSpeaks(BaseUserTurnStartStrategy):
    """Begins a turn at every start of speech that the media plane reports.

    Args:
        may_interrupt: False while the agent may not be interrupted; the turn then runs beside its reply.
    """

    def __init__(self, may_interrupt: Callable[[], bool]) -> None:
        super().__init__()
        self._may_interrupt = may_interrupt

    async def process_frame(self, frame: Frame) -> ProcessFrameResult:
        """Look for the start of speech."""
        if isinstance(frame, VADUserStartedSpeakingFrame):
            await self.trigger_user_turn_started(enable_interruptions=self._may_interrupt())
            return ProcessFrameResult.STOP
        return ProcessFrameResult.CONTINUE
