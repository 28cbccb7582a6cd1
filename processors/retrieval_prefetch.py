"""Starts the search for documents while the caller is still speaking.

It stands before the user aggregator, which consumes transcripts.
"""

from pipecat.frames.frames import (
    Frame,
    InterimTranscriptionFrame,
    LLMContextUserTurnFrame,
    TranscriptionFrame,
    UserStartedSpeakingFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor

from processors.turn_retrieval import TurnRetrieval


class RetrievalPrefetch(FrameProcessor):
    """Hints the caller's words so far to the turn's retrieval whenever they pause; passes every frame on.

    Searching with each interim would cost four or five embeddings a turn, most of them of half a question. At a
    pause the newest interim holds nearly all of it, and the final transcript is still 150 ms and more away.

    Args:
        retrieval: Shared with the `Grounding` processor behind the aggregator.
    """

    def __init__(self, retrieval: TurnRetrieval) -> None:
        super().__init__(name="retrieval-prefetch")
        self._retrieval = retrieval
        self._settled: list[str] = []
        self._interim = ""
        self._pausing = False

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Watch transcripts and pauses pass."""
        await super().process_frame(frame, direction)
        if isinstance(frame, TranscriptionFrame):
            self._settled.append(frame.text)
            self._interim = ""
            self._hint()
        elif isinstance(frame, InterimTranscriptionFrame):
            self._interim = frame.text
            self._hint()
        elif isinstance(frame, VADUserStartedSpeakingFrame):
            self._pausing = False
        elif isinstance(frame, VADUserStoppedSpeakingFrame):
            self._pausing = True
            self._hint()
        elif isinstance(frame, (UserStartedSpeakingFrame, LLMContextUserTurnFrame)):
            # Both come back from the aggregator: what is said from here on belongs to another turn.
            self._settled.clear()
            self._interim = ""
        await self.push_frame(frame, direction)

    def _hint(self) -> None:
        words = " ".join(filter(None, (*self._settled, self._interim)))
        if self._pausing and words:
            self._retrieval.hint(words)
