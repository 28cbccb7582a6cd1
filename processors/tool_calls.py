"""Runs the tools that a reply asks for (the tool-call processor).

Runs happen beside the pipeline: an interruption does not cancel them, for a booking must not be half done.
Whether they may still begin is decided by the runner (a stale reply has no side effects), and what came of
them reaches the conversation whatever the caller does meanwhile.
"""

import asyncio

from pipecat.frames.frames import CancelFrame, EndFrame, Frame
from pipecat.processors.frame_processor import FrameDirection

from processors.direct import DirectProcessor
from processors.frames import ToolCallsFrame, ToolResultsFrame
from processors.tool_requests import ToolRunner

CLOSING_SECONDS = 2.0
"""How long running tools may take to finish when the call ends."""


class ToolCalls(DirectProcessor):
    """Answers each `ToolCallsFrame` with one `ToolResultsFrame` upstream.

    Args:
        runner: The call's tools.
    """

    def __init__(self, runner: ToolRunner) -> None:
        super().__init__("tool-calls")
        self._runner = runner
        self._running: set[asyncio.Task[None]] = set()

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Start tools; let everything else pass."""
        await super().process_frame(frame, direction)
        if isinstance(frame, ToolCallsFrame):
            task = self.create_task(self._run(frame), f"tools-{frame.generation}")
            self._running.add(task)
            task.add_done_callback(self._running.discard)
            return
        if isinstance(frame, (EndFrame, CancelFrame)):
            await self._finish()
        await self.push_frame(frame, direction)

    async def cleanup(self) -> None:
        """Wait a little for what is running, then cancel it."""
        await self._finish()
        await super().cleanup()

    async def _run(self, frame: ToolCallsFrame) -> None:
        result = await self._runner.run(frame.generation, frame.requests)
        await self.push_frame(
            ToolResultsFrame(
                frame.generation,
                result.records,
                say=result.say,
                ends_call=result.ends_call,
                silent=result.silent,
            ),
            FrameDirection.UPSTREAM,
        )

    async def _finish(self) -> None:
        if self._running:
            _, late = await asyncio.wait(set(self._running), timeout=CLOSING_SECONDS)
            for task in late:
                await self.cancel_task(task)
