"""Catches the caller's answer to "Shall I book …?" before the model sees it.

Consent is read from the caller's own words, in code: a model can neither give it nor talk itself into it.
"""

import asyncio

from pipecat.frames.frames import Frame, InterruptionFrame, LLMContextFrame
from pipecat.processors.frame_processor import FrameDirection

from processors.direct import DirectProcessor
from processors.frames import DecidedContextFrame
from processors.grounding import newest_user_text
from processors.tool_requests import ConsentDesk

CLOSING_SECONDS = 2.0
"""How long a tool that was agreed to may take to finish when the call ends."""


class Consent(DirectProcessor):
    """Turns the context of a turn that answers an open question into a `DecidedContextFrame`.

    Args:
        desk: Holds the open question.
    """

    def __init__(self, desk: ConsentDesk) -> None:
        super().__init__("consent")
        self._desk = desk
        self._interruptions = 0
        self._deciding: set[asyncio.Task[None]] = set()

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Look at each new turn while a question is open; let everything else pass."""
        await super().process_frame(frame, direction)
        if isinstance(frame, InterruptionFrame):
            self._interruptions += 1
        if type(frame) is LLMContextFrame and direction is FrameDirection.DOWNSTREAM and self._desk.asking:
            if frame.speculation:
                return  # an answer counts once it is whole
            # In a task of its own: whoever pushed the frame cannot wait. An interruption ends it as little as it
            # ends a tool: what was agreed to must be done, and be known to the conversation.
            task = self.create_task(self._decide(frame, self._interruptions), "consent")
            self._deciding.add(task)
            task.add_done_callback(self._deciding.discard)
            return
        await self.push_frame(frame, direction)

    async def cleanup(self) -> None:
        """Wait for what is being done, for a moment."""
        if self._deciding:
            _, late = await asyncio.wait(set(self._deciding), timeout=CLOSING_SECONDS)
            for task in late:
                await self.cancel_task(task)
        await super().cleanup()

    async def _decide(self, frame: LLMContextFrame, interruptions: int) -> None:
        result = await self._desk.answered(newest_user_text(frame.context))
        if result is None:
            await self.push_frame(frame)
            return
        stale = interruptions != self._interruptions
        await self.push_frame(DecidedContextFrame(frame.context, result=result, stale=stale))
