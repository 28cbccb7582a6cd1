"""The caller's yes, read before the model sees it."""

import asyncio

from pipecat.frames.frames import LLMContextFrame, TextFrame

from processors.consent import Consent
from processors.frames import DecidedContextFrame
from processors.tool_requests import ToolRound
from tests.processors.bench import running
from tests.processors.values import context_of, tool_record

DONE = ToolRound((tool_record(),), say="Booked.")


class Desk:
    """A `ConsentDesk` with one open question, or none."""

    def __init__(self, result: ToolRound | None = DONE, *, asking: bool = True) -> None:
        self._result = result
        self.asking = asking
        self.answers: list[str] = []
        self.begun = asyncio.Event()
        self.may_end = asyncio.Event()
        self.may_end.set()

    async def answered(self, text: str) -> ToolRound | None:
        self.answers.append(text)
        self.begun.set()
        await self.may_end.wait()
        return self._result


async def test_an_answer_to_the_open_question_is_decided_without_the_model() -> None:
    desk = Desk()
    context = context_of(("assistant", "Shall I book it?"), ("user", "Yes,"), ("user", "please."))
    async with running(Consent(desk)) as bench:
        await bench.send(LLMContextFrame(context))
        frame = (await bench.until(DecidedContextFrame))[0]
        assert (frame.context, frame.result, frame.stale) == (context, DONE, False)
        assert len(bench.got(LLMContextFrame)) == 1
    assert desk.answers == ["Yes, please."]


async def test_what_decides_nothing_goes_on_to_the_model() -> None:
    desk = Desk(None)
    frame = LLMContextFrame(context_of(("user", "What does it cost?")))
    async with running(Consent(desk)) as bench:
        await bench.send(frame)
        assert await bench.until(LLMContextFrame) == [frame]


async def test_without_an_open_question_nobody_is_asked() -> None:
    desk = Desk(asking=False)
    async with running(Consent(desk)) as bench:
        await bench.send(LLMContextFrame(context_of(("user", "Yes."))), TextFrame("x"))
        await bench.until(TextFrame)
        assert bench.got(DecidedContextFrame) == []
    assert desk.answers == []


async def test_what_was_agreed_to_is_done_and_known_although_the_caller_goes_on_talking() -> None:
    desk = Desk()
    desk.may_end.clear()
    async with running(Consent(desk)) as bench:
        await bench.send(LLMContextFrame(context_of(("user", "Yes."))))
        await desk.begun.wait()
        await bench.interrupt()
        desk.may_end.set()
        frame = (await bench.until(DecidedContextFrame))[0]
        assert frame.stale
        assert frame.result is DONE
