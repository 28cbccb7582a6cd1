"""Starts the search for documents while the caller is still speaking.

It stands before the user aggregator, which consumes transcripts.
"""

from pipecat.frames.frames import (
    Frame,
    InterimTranscriptionFrame,
    LLMContextUserTurnFrame,
    TranscriptionFrame,
    UserStartedSpeakingFrame,
)
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor

from processors.turn_retrieval import TurnRetrieval


class RetrievalPrefetch(FrameProcessor):
    """Hints the caller's words so far to the turn's retrieval; passes every frame on.

    Args:
        retrieval: Shared with the `Grounding` processor behind the aggregator.
    """

    def __init__(self, retrieval: TurnRetrieval) -> None:
        super().__init__(name="retrieval-prefetch")
        self._retrieval = retrieval
        self._settled: list[str] = []

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Watch transcripts pass."""
        await super().process_frame(frame, direction)
        if isinstance(frame, TranscriptionFrame):
            self._settled.append(frame.text)
            self._retrieval.hint(" ".join(self._settled))
        elif isinstance(frame, InterimTranscriptionFrame):
            self._retrieval.hint(" ".join((*self._settled, frame.text)))
        elif isinstance(frame, (UserStartedSpeakingFrame, LLMContextUserTurnFrame)):
            # Both come back from the aggregator: what is said from here on belongs to another turn.
            self._settled.clear()
        await self.push_frame(frame, direction)
