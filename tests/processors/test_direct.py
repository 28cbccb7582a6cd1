"""Processors without queues: a frame has passed all of them when the push is over."""

import asyncio

from pipecat.frames.frames import Frame, TextFrame
from pipecat.processors.frame_processor import FrameDirection

from processors.direct import DirectProcessor
from tests.processors.bench import running


class Passing(DirectProcessor):
    """Hands everything on, and remembers which turn of the event loop it was in."""

    def __init__(self, turns: list[int], clock: "LoopTurns") -> None:
        super().__init__("passing")
        self._turns = turns
        self._clock = clock

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, TextFrame):
            self._turns.append(self._clock.now)
        await self.push_frame(frame, direction)


class LoopTurns:
    """Counts turns of the event loop."""

    now = 0

    async def count(self) -> None:
        while True:
            await asyncio.sleep(0)
            self.now += 1


async def test_a_frame_passes_all_of_them_in_one_turn_of_the_event_loop() -> None:
    clock, turns = LoopTurns(), list[int]()
    counting = asyncio.create_task(clock.count())
    async with running(*(Passing(turns, clock) for _ in range(5))) as bench:
        await bench.send(TextFrame("x"))
        await bench.until(TextFrame)
        await bench.send_up(TextFrame("y"))
        await bench.wait_for(lambda: len(bench.up) == 1)
    counting.cancel()
    down, up = turns[:5], turns[5:]
    assert len(set(down)) == 1
    assert len(up) == 5
    assert len(set(up)) == 1
