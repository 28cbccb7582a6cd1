"""Tools run beside the pipeline, and what came of them comes back."""

import asyncio
from collections.abc import Sequence

from pipecat.frames.frames import TextFrame

from processors.frames import ToolCallsFrame, ToolResultsFrame
from processors.tool_calls import ToolCalls
from processors.tool_requests import ToolRequest, ToolRound
from tests.processors.bench import Bench, running
from tests.processors.values import tool_record

REQUESTS = (ToolRequest("book_appointment", {"day": "Tuesday"}),)


class Runner:
    """A `ToolRunner` whose tools end when a test lets them."""

    def __init__(self) -> None:
        self.asked: list[tuple[int, Sequence[ToolRequest]]] = []
        self.done = 0
        self.begun = asyncio.Event()
        self.may_end = asyncio.Event()

    async def run(self, generation: int, requests: Sequence[ToolRequest]) -> ToolRound:
        self.asked.append((generation, requests))
        self.begun.set()
        await self.may_end.wait()
        self.done += 1
        return ToolRound((tool_record(),), say="Booked.", ends_call=True)


def results(bench: Bench) -> list[ToolResultsFrame]:
    return [frame for frame in bench.up if isinstance(frame, ToolResultsFrame)]


async def test_results_come_back_upstream_with_the_number_of_the_reply() -> None:
    runner = Runner()
    runner.may_end.set()
    async with running(ToolCalls(runner)) as bench:
        await bench.send(ToolCallsFrame(3, REQUESTS))
        await bench.wait_for(lambda: bool(results(bench)))
        frame = results(bench)[0]
        assert (frame.generation, frame.records, frame.say, frame.ends_call) == (
            3,
            (tool_record(),),
            "Booked.",
            True,
        )
        assert bench.got(ToolCallsFrame) == []
    assert runner.asked == [(3, REQUESTS)]


async def test_a_running_tool_does_not_hold_the_pipeline_up() -> None:
    runner = Runner()
    async with running(ToolCalls(runner)) as bench:
        await bench.send(ToolCallsFrame(1, REQUESTS), TextFrame("on we go"))
        await bench.until(TextFrame)
        runner.may_end.set()


async def test_an_interruption_does_not_stop_a_tool_and_its_result_is_not_lost() -> None:
    runner = Runner()
    async with running(ToolCalls(runner)) as bench:
        await bench.send(ToolCallsFrame(1, REQUESTS))
        await runner.begun.wait()
        await bench.interrupt()
        runner.may_end.set()
        await bench.wait_for(lambda: bool(results(bench)))
    assert runner.done == 1


async def test_the_end_of_the_call_waits_for_a_tool_for_a_moment() -> None:
    runner = Runner()
    async with running(ToolCalls(runner)) as bench:
        await bench.send(ToolCallsFrame(1, REQUESTS))
        await runner.begun.wait()
        asyncio.get_running_loop().call_later(0.05, runner.may_end.set)
    assert runner.done == 1
