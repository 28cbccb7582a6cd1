"""Starts the search for documents while the caller is still speaking.

It stands before the user aggregator, which consumes transcripts.
"""

from collections.abc import Callable

from pipecat.frames.frames import (
    Frame,
    InterimTranscriptionFrame,
    LLMContextUserTurnFrame,
    TranscriptionFrame,
    UserStartedSpeakingFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.processors.frame_processor import FrameDirection

from processors.direct import DirectProcessor
from processors.turn_retrieval import TurnRetrieval


class RetrievalPrefetch(DirectProcessor):
    """Hints the caller's words to the turn's retrieval as soon as all are known in a pause; passes every frame on.

    Searching with each interim would cost four or five embeddings a turn, most of them of half a question, and so
    would a pause's newest interim while it lacks the last word. One that has heard all of the speech is as good as
    the final transcript, which may be 150 ms and more away.

    Args:
        retrieval: Shared with the `Grounding` processor behind the aggregator.
        holds_all: Whether an interim transcript is of everything the caller has said so far.
    """

    def __init__(self, retrieval: TurnRetrieval, holds_all: Callable[[InterimTranscriptionFrame], bool]) -> None:
        super().__init__("retrieval-prefetch")
        self._retrieval = retrieval
        self._holds_all = holds_all
        self._settled: list[str] = []
        self._interim: InterimTranscriptionFrame | None = None
        self._pausing = False

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Watch transcripts and pauses pass."""
        await super().process_frame(frame, direction)
        if isinstance(frame, TranscriptionFrame):
            self._settled.append(frame.text)
            self._interim = None
            self._hint()
        elif isinstance(frame, InterimTranscriptionFrame):
            self._interim = frame
            self._hint()
        elif isinstance(frame, VADUserStartedSpeakingFrame):
            self._pausing = False
        elif isinstance(frame, VADUserStoppedSpeakingFrame):
            self._pausing = True
            self._hint()
        elif isinstance(frame, (UserStartedSpeakingFrame, LLMContextUserTurnFrame)):
            # Both come back from the aggregator: what is said from here on belongs to another turn.
            self._settled.clear()
            self._interim = None
        await self.push_frame(frame, direction)

    def _hint(self) -> None:
        interim = self._interim
        if not self._pausing or (interim is not None and not self._holds_all(interim)):
            return
        words = " ".join(filter(None, (*self._settled, interim.text if interim is not None else "")))
        if words:
            self._retrieval.hint(words)
