"""The assistant aggregator: what the agent said enters the conversation when, and as far as, it was *heard*.

pipecat's own aggregator records text as it is sent to the voice, ahead of its audio; after an interruption the
model would then believe that the caller knows things they never heard.
"""

from collections.abc import Callable

from pipecat.frames.frames import Frame
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.frame_processor import FrameDirection

from processors.direct import DirectProcessor
from processors.frames import ReplyHeardFrame


class HeardTranscript(DirectProcessor):
    """Writes heard replies into the conversation.

    Args:
        context: The conversation.
        remember: Puts a text that was heard of a reply into the conversation, at its place.
        on_heard: Told afterwards, once per reply.
    """

    def __init__(
        self,
        context: LLMContext,
        remember: Callable[[int, str, LLMContext], None],
        on_heard: Callable[[ReplyHeardFrame], None],
    ) -> None:
        super().__init__("heard-transcript")
        self._context = context
        self._remember = remember
        self._on_heard = on_heard

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Take `ReplyHeardFrame`s; let everything else pass."""
        await super().process_frame(frame, direction)
        if isinstance(frame, ReplyHeardFrame):
            self._remember(frame.generation, frame.text, self._context)
            self._on_heard(frame)
            return
        await self.push_frame(frame, direction)
