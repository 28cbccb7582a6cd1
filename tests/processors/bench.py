"""Some processors in a running pipecat pipeline, with both of its ends in a test's hands."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from pipecat.frames.frames import Frame, InterruptionFrame, StartFrame
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.workers.runner import WorkerRunner

FrameT = TypeVar("FrameT", bound=Frame)


class _End(FrameProcessor):
    """Remembers what comes to it from the inside, and passes it on."""

    def __init__(self, name: str, direction: FrameDirection, changed: asyncio.Event) -> None:
        super().__init__(name=name)
        self._direction = direction
        self._changed = changed
        self.started = asyncio.Event()
        self.frames: list[Frame] = []

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, StartFrame):
            self.started.set()
        elif direction is self._direction:
            self.frames.append(frame)
            self._changed.set()
        await self.push_frame(frame, direction)


class Bench:
    """A running pipeline: `send` at the head, `send_up` at the tail, `down` and `up` are what came out."""

    def __init__(self) -> None:
        self._changed = asyncio.Event()
        self.head = _End("head", FrameDirection.UPSTREAM, self._changed)
        self.tail = _End("tail", FrameDirection.DOWNSTREAM, self._changed)

    @property
    def down(self) -> list[Frame]:
        return self.tail.frames

    @property
    def up(self) -> list[Frame]:
        return self.head.frames

    async def send(self, *frames: Frame) -> None:
        for frame in frames:
            await self.head.push_frame(frame)

    async def send_up(self, *frames: Frame) -> None:
        for frame in frames:
            await self.tail.push_frame(frame, FrameDirection.UPSTREAM)

    async def interrupt(self) -> None:
        """An interruption, once it has passed through."""
        await self.send(InterruptionFrame())
        await self.until(InterruptionFrame)

    def got(self, kind: type[FrameT]) -> list[FrameT]:
        """Frames of a kind that came out at the tail."""
        return [frame for frame in self.down if isinstance(frame, kind)]

    async def until(self, kind: type[FrameT], count: int = 1, *, timeout: float = 3.0) -> list[FrameT]:
        """Wait for `count` frames of a kind at the tail."""
        await self.wait_for(lambda: len(self.got(kind)) >= count, timeout=timeout)
        return self.got(kind)

    async def wait_for(self, reached: Callable[[], bool], *, timeout: float = 3.0) -> None:
        """Wait until a frame at either end has made it true."""
        async with asyncio.timeout(timeout):
            while not reached():
                self._changed.clear()
                await self._changed.wait()


@asynccontextmanager
async def running(*processors: FrameProcessor) -> AsyncIterator[Bench]:
    """Run the processors between a bench's ends; nothing of them is left afterwards."""
    before = asyncio.all_tasks()
    bench = Bench()
    worker = PipelineWorker(
        Pipeline([bench.head, *processors, bench.tail]),
        params=PipelineParams(),
        enable_rtvi=False,
        enable_turn_tracking=False,
        idle_timeout_secs=None,
        check_dangling_tasks=False,
    )
    runner = WorkerRunner(handle_sigint=False, check_dangling_tasks=False)
    await runner.add_workers(worker)
    run = asyncio.create_task(runner.run())
    try:
        async with asyncio.timeout(5):
            await bench.tail.started.wait()
        yield bench
    finally:
        async with asyncio.timeout(5):
            await worker.cancel(reason="test over")
            await run
        left = asyncio.all_tasks() - before
        assert not left, f"tasks left: {[task.get_name() for task in left]}"
