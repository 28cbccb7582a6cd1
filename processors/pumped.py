"""From synchronous callbacks into the pipeline.

Sockets and the media plane call back synchronously; pipecat's `push_frame` is a coroutine. One bounded queue
and one task per processor bridge the two, in order, and die with the pipeline.
"""

import asyncio

from loguru import logger
from pipecat.frames.frames import CancelFrame, EndFrame, Frame, StartFrame
from pipecat.processors.frame_processor import FrameDirection

from processors.direct import DirectProcessor

QUEUE_LIMIT = 512


class PumpedProcessor(DirectProcessor):
    """A processor that can be given frames to push by plain function calls."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._outbox: asyncio.Queue[tuple[Frame, FrameDirection]] = asyncio.Queue(QUEUE_LIMIT)
        self._pump: asyncio.Task[None] | None = None

    def submit(self, frame: Frame, direction: FrameDirection = FrameDirection.DOWNSTREAM) -> None:
        """Push a frame soon, after those submitted before; callable from anywhere on the loop."""
        try:
            self._outbox.put_nowait((frame, direction))
        except asyncio.QueueFull:
            logger.bind(processor=self.name, frame=type(frame).__name__).error("Frame dropped: queue is full")

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Pass everything on; start and stop pumping with the pipeline."""
        await super().process_frame(frame, direction)
        if isinstance(frame, StartFrame):
            await self.push_frame(frame, direction)
            self._pump = self.create_task(self._run_pump(), f"{self.name}-pump")
            await self.started()
        elif isinstance(frame, (EndFrame, CancelFrame)):
            await self.stop()
            await self.push_frame(frame, direction)
        else:
            await self.handle(frame, direction)

    async def started(self) -> None:
        """Called once the pipeline runs; for subclasses."""

    async def handle(self, frame: Frame, direction: FrameDirection) -> None:
        """Deal with any frame but Start, End and Cancel; passes it on unless a subclass decides otherwise."""
        await self.push_frame(frame, direction)

    async def stop(self) -> None:
        """End the pump; idempotent. Subclasses free what they own and call this."""
        pump, self._pump = self._pump, None
        if pump is not None:
            await self.cancel_task(pump)

    async def cleanup(self) -> None:
        """Free everything even if the pipeline never ended in order."""
        await self.stop()
        await super().cleanup()

    async def _run_pump(self) -> None:
        while True:
            frame, direction = await self._outbox.get()
            await self.push_frame(frame, direction)
