"""From synchronous callbacks into the pipeline."""

from pipecat.frames.frames import Frame, TextFrame
from pipecat.processors.frame_processor import FrameDirection

from processors import pumped as pumped_module
from processors.pumped import PumpedProcessor
from tests.processors.bench import running


async def test_what_is_submitted_comes_out_in_order_even_from_before_the_start() -> None:
    processor = PumpedProcessor("pumped")
    processor.submit(TextFrame("one"))
    async with running(processor) as bench:
        processor.submit(TextFrame("two"))
        processor.submit(TextFrame("three"))
        frames = await bench.until(TextFrame, 3)
    assert [frame.text for frame in frames] == ["one", "two", "three"]


async def test_frames_can_be_submitted_upstream() -> None:
    processor = PumpedProcessor("pumped")
    async with running(processor) as bench:
        processor.submit(TextFrame("up"), FrameDirection.UPSTREAM)
        await bench.wait_for(lambda: any(isinstance(frame, TextFrame) for frame in bench.up))
        assert bench.down == []


async def test_other_frames_pass_and_subclasses_may_keep_them() -> None:
    class Keeping(PumpedProcessor):
        def __init__(self) -> None:
            super().__init__("keeping")
            self.kept: list[Frame] = []

        async def handle(self, frame: Frame, direction: FrameDirection) -> None:
            if isinstance(frame, TextFrame) and frame.text == "mine":
                self.kept.append(frame)
            else:
                await super().handle(frame, direction)

    processor = Keeping()
    async with running(processor) as bench:
        await bench.send(TextFrame("mine"), TextFrame("yours"))
        frames = await bench.until(TextFrame)
    assert [frame.text for frame in frames] == ["yours"]
    assert len(processor.kept) == 1


async def test_a_flood_is_bounded_and_never_raises() -> None:
    processor = PumpedProcessor("pumped")
    for _ in range(pumped_module.QUEUE_LIMIT + 10):
        processor.submit(TextFrame("x"))
    async with running(processor) as bench:
        await bench.until(TextFrame, pumped_module.QUEUE_LIMIT)
        processor.submit(TextFrame("last"))
        frames = await bench.until(TextFrame, pumped_module.QUEUE_LIMIT + 1)
    assert frames[-1].text == "last"
    processor.submit(TextFrame("after the end"))
