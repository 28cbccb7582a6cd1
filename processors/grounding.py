"""Puts what the agent's documents say beside the newest question (the RAG context processor).

The snippets travel in the frame and never enter the conversation's history: they would push it out of the
model's attention and out of its cache.
"""

from pipecat.frames.frames import Frame, InterruptionFrame, LLMContextFrame
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor

from processors.frames import GroundedContextFrame
from processors.turn_retrieval import TurnRetrieval


class Grounding(FrameProcessor):
    """Turns `LLMContextFrame` into `GroundedContextFrame`.

    Args:
        retrieval: The turn's retrieval; None where the agent has it off.
    """

    def __init__(self, retrieval: TurnRetrieval | None) -> None:
        super().__init__(name="grounding")
        self._retrieval = retrieval

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Ground the conversation when it is about to be answered."""
        await super().process_frame(frame, direction)
        if type(frame) is LLMContextFrame and direction is FrameDirection.DOWNSTREAM:
            await self._ground(frame, direction)
            return
        if isinstance(frame, InterruptionFrame) and self._retrieval is not None:
            self._retrieval.cancel()
        await self.push_frame(frame, direction)

    async def cleanup(self) -> None:
        """Stop a search under way."""
        if self._retrieval is not None:
            self._retrieval.cancel()
        await super().cleanup()

    async def _ground(self, frame: LLMContextFrame, direction: FrameDirection) -> None:
        question = newest_user_text(frame.context)
        if self._retrieval is None or not question:
            await self.push_frame(GroundedContextFrame(frame.context, frame.speculation), direction)
            return
        found = await self._retrieval.find(question, is_final=not frame.speculation)
        await self.push_frame(
            GroundedContextFrame(frame.context, frame.speculation, found.snippets, found.record), direction
        )


def newest_user_text(context: LLMContext) -> str:
    """What the caller said last: all user messages since the agent's last one, joined."""
    texts: list[str] = []
    for message in reversed(context.messages):
        if not isinstance(message, dict) or message.get("role") != "user":
            break
        content = message.get("content")
        if isinstance(content, str):
            texts.append(content)
    return " ".join(reversed(texts))
