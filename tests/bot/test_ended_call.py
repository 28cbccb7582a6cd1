"""An ended pipeline is freed at once, by reference counting."""

import asyncio
import gc
import weakref
from collections.abc import Iterator

import pytest
from pipecat.frames.frames import Frame
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor

from bot.ended_call import take_apart
from bot.pipeline import make_worker, run_worker
from processors.direct import DirectProcessor


class Passing(FrameProcessor):
    """A processor with queues and tasks."""

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        await self.push_frame(frame, direction)


class PassingDirectly(DirectProcessor, Passing):
    """One without."""


class Other:
    """Something of the call that refers to itself."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture(autouse=True)
def no_collector() -> Iterator[None]:
    gc.disable()
    yield
    gc.enable()


async def ended(*, apart: bool) -> "list[weakref.ref[object]]":
    """References to what was in a pipeline that was cancelled while it ran."""
    processors: list[FrameProcessor] = [PassingDirectly("direct"), Passing(name="queued")]
    worker, other = make_worker(processors, sample_rate=8000), Other()
    running = asyncio.create_task(run_worker(worker))
    async with asyncio.timeout(5):
        await worker.flush_pipeline()
        await worker.cancel()
        await running
    left = [weakref.ref(thing) for thing in (*processors, worker.pipeline, worker, other)]
    if apart:
        take_apart(worker, (other,))
    return left


async def test_nothing_is_left_to_the_garbage_collector() -> None:
    left = await ended(apart=True)
    await asyncio.sleep(0)  # what ended last is let go by the loop
    assert [reference() for reference in left] == [None] * 5


async def test_of_itself_pipecat_leaves_everything_to_it() -> None:
    left = await ended(apart=False)
    await asyncio.sleep(0)
    assert None not in [reference() for reference in left]
    gc.collect()
    assert [reference() for reference in left] == [None] * 5
