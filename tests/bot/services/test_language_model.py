"""Replies: streamed, interrupted, with tools, and never silence."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from pipecat.frames.frames import EagerEndOfTurnCancelFrame, TextFrame
from pipecat.processors.aggregators.llm_context import LLMContext

from bot.chat_model import ChatChunk, ChatRequest, ChatRole, ChatUsage, ToolCallRequest, ToolSchema
from bot.conversation import messages_of
from bot.events import CallEvent, ReplySpeculated, SpeculationStage, TurnFinished
from bot.generations import Generations
from bot.prompt import PromptBuilder
from bot.reply_endings import ReplyEndings
from bot.running_replies import RunningReplies
from bot.services.language_model import APOLOGY, FAREWELL, MOST_TOOL_ROUNDS, NOTHING_TO_SAY, LanguageModel
from bot.services.reply_requests import ReplyRequests
from bot.speculation import Speculation, SpeculationHooks
from bot.turn_ledger import TurnLedger
from config.errors import VendorError
from data.records import EndReason, Role, TurnRecord
from processors.frames import (
    DecidedContextFrame,
    GroundedContextFrame,
    ReplyConfirmedFrame,
    ReplyEndFrame,
    ReplyTextFrame,
    SayFrame,
    ToolCallsFrame,
    ToolResultsFrame,
)
from processors.tool_requests import ToolRequest, ToolRound
from tests.bot.calls import STARTED_AT, make_call
from tests.processors.bench import Bench, running
from tests.processors.values import context_of, snippet, tool_record

BOOK = ToolSchema("book_appointment", "Books.", {"type": "object", "properties": {}})
CALL = ToolCallRequest("book_appointment", {"day": "Tuesday"})


class Hold:
    """Where a script stops until it is let go."""

    def __init__(self) -> None:
        self.reached = asyncio.Event()
        self.let_go = asyncio.Event()


Step = str | ToolCallRequest | ChatUsage | Exception | Hold


class ScriptedModel:
    """A `ChatModel` that plays one script per request, and notes how its streams ended."""

    def __init__(self, *scripts: Sequence[Step]) -> None:
        self._scripts = list(scripts)
        self.requests: list[ChatRequest] = []
        self.ended: list[str] = []
        self.over = asyncio.Event()

    async def stream(self, request: ChatRequest) -> AsyncGenerator[ChatChunk, None]:
        self.requests.append(request)
        script = self._scripts.pop(0)
        try:
            for step in script:
                if isinstance(step, Exception):
                    raise step
                if isinstance(step, Hold):
                    step.reached.set()
                    await step.let_go.wait()
                elif isinstance(step, str):
                    yield ChatChunk(step)
                elif isinstance(step, ToolCallRequest):
                    yield ChatChunk(tool_calls=(step,))
                else:
                    yield ChatChunk(usage=step, done=True)
        except BaseException as error:
            self.ended.append(type(error).__name__)
            raise
        else:
            self.ended.append("whole")
        finally:
            self.over.set()


@dataclass
class Desk:
    """A language model with its neighbours."""

    bench: Bench
    model: ScriptedModel
    generations: Generations
    ledger: TurnLedger
    events: list[CallEvent]
    protected: list[int] = field(default_factory=list)
    ended: list[EndReason] = field(default_factory=list)
    context: LLMContext = field(default_factory=lambda: context_of(("user", "How much is it?")))
    endings: ReplyEndings | None = None
    speculation: Speculation | None = None
    forgotten: list[int] = field(default_factory=list)

    async def ask_early(self, text: str) -> LLMContext:
        """The caller has probably said this; gives the conversation as it would be then."""
        assert self.speculation is not None
        assert self.speculation.begin(text)
        return await self.ground(text, speculation=True)

    async def ask_for_certain(self, text: str) -> LLMContext:
        """Their turn is over, with these words."""
        assert self.speculation is not None
        self.speculation.turn_over()
        return await self.ground(text, speculation=False)

    async def ground(self, text: str, *, speculation: bool) -> LLMContext:
        context = LLMContext([*self.context.messages, {"role": "user", "content": text}])
        await self.bench.send(GroundedContextFrame(context, speculation, snippets=(snippet(),)))
        return context

    async def go_on_talking(self) -> None:
        """The caller was not done."""
        assert self.speculation is not None
        self.speculation.withdraw()
        await self.bench.send(EagerEndOfTurnCancelFrame())
        await self.bench.until(EagerEndOfTurnCancelFrame)

    @property
    def stages(self) -> list[tuple[SpeculationStage, int]]:
        return [(e.stage, e.wasted_tokens) for e in self.events if isinstance(e, ReplySpeculated)]

    async def ask(self, text: str = "") -> None:
        if text:
            self.context.add_message({"role": "user", "content": text})
        await self.bench.send(GroundedContextFrame(self.context, snippets=(snippet(),)))

    async def reply(self, count: int = 1) -> str:
        """Text of the reply that the `count`th end belongs to."""
        end = (await self.bench.until(ReplyEndFrame, count))[count - 1]
        return self.text(end.generation)

    def text(self, generation: int) -> str:
        return "".join(f.text for f in self.bench.got(ReplyTextFrame) if f.generation == generation)

    def heard(self, generation: int) -> None:
        assert self.endings is not None
        self.endings.heard(generation)

    @property
    def turns(self) -> list[TurnRecord]:
        return [event.turn for event in self.events if isinstance(event, TurnFinished)]


@asynccontextmanager
async def desk(*scripts: Sequence[Step], native: bool = True) -> AsyncIterator[Desk]:
    loop = asyncio.get_running_loop()
    model, generations, events = ScriptedModel(*scripts), Generations(), list[CallEvent]()
    ledger = TurnLedger("conv_1", events.append, loop.time)
    call = make_call()
    prompt = PromptBuilder(call, started_at=STARTED_AT, tools=(BOOK,), text_tools=not native)
    protected, forgotten = list[int](), list[int]()
    ended: list[EndReason] = []
    endings = ReplyEndings(generations, protected.append, ended.append)
    tools = (BOOK,) if native else ()
    running_replies = RunningReplies(generations)
    early = Speculation(generations, ledger, SpeculationHooks(lambda: True, forgotten.append, lambda: None))
    processor = LanguageModel(
        model, ReplyRequests(call.agent, prompt, tools), generations, ledger, endings, running_replies, early
    )
    async with running(processor) as bench:
        yield Desk(
            bench,
            model,
            generations,
            ledger,
            events,
            protected,
            ended,
            endings=endings,
            speculation=early,
            forgotten=forgotten,
        )


async def test_text_is_streamed_as_it_comes_and_ended() -> None:
    hold = Hold()
    async with desk(["Nineteen ", hold, "dollars.", ChatUsage(10, 4, 0, 0, 0)]) as it:
        await it.ask()
        await it.bench.until(ReplyTextFrame)
        assert it.text(1) == "Nineteen "
        hold.let_go.set()
        assert await it.reply() == "Nineteen dollars."
        it.ledger.reply_heard(1, "Nineteen dollars.", interrupted=False)
    request = it.model.requests[0]
    assert request.tools == (BOOK,)
    assert "How much is it?" in request.messages[-1].content
    assert snippet().text in request.messages[-1].content
    assert (it.turns[0].role, it.turns[0].output_tokens) == (Role.AGENT, 4)


async def test_an_interruption_closes_the_stream_and_nothing_more_comes() -> None:
    hold = Hold()
    async with desk(["Nineteen ", hold, "dollars."], ["Yes?"]) as it:
        await it.ask()
        await hold.reached.wait()
        it.generations.invalidate()
        await it.bench.interrupt()
        assert it.model.ended == ["CancelledError"]
        hold.let_go.set()
        await it.ask("Wait.")
        assert await it.reply() == "Yes?"
        assert [end.generation for end in it.bench.got(ReplyEndFrame)] == [2]


async def test_a_turn_beside_a_reply_that_may_not_be_interrupted_is_answered_knowing_of_it() -> None:
    async with desk(["We open at nine."], ["On Sundays not at all."]) as it:
        await it.bench.send(SayFrame("Hello, this is Ada.", protected=True))
        await it.ask()
        await it.reply(2)
        await it.ask("And on Sundays?")
        await it.reply(3)
    told = [(message.role.value, message.content) for message in it.model.requests[1].messages[1:]]
    assert told[:3] == [
        ("assistant", "Hello, this is Ada."),
        ("user", "How much is it?"),
        ("assistant", "We open at nine."),
    ]
    assert "And on Sundays?" in told[3][1]
    assert "How much is it?" not in told[3][1]


async def test_a_tool_is_run_and_its_result_put_into_words() -> None:
    async with desk(["One moment. ", CALL], ["It is booked."]) as it:
        await it.ask()
        calls = (await it.bench.until(ToolCallsFrame))[0]
        assert calls.requests == (ToolRequest("book_appointment", {"day": "Tuesday"}),)
        assert it.bench.got(ReplyEndFrame) == []
        await it.bench.send_up(ToolResultsFrame(calls.generation, (tool_record(),)))
        assert await it.reply() == "One moment.  It is booked."
    told = it.model.requests[1].messages[-2:]
    assert [message.role for message in told] == [ChatRole.ASSISTANT, ChatRole.TOOL]
    assert told[0].content == "One moment."
    assert told[0].tool_calls == (CALL,)
    assert [message.role for message in messages_of(it.context)] == [
        ChatRole.USER,
        ChatRole.ASSISTANT,
        ChatRole.TOOL,
    ]


async def test_what_was_said_in_each_round_is_told_to_the_model_once() -> None:
    async with desk([" Let me see. ", CALL], ["And now the other. ", CALL], ["Done."]) as it:
        await it.ask()
        for rounds in (1, 2):
            calls = (await it.bench.until(ToolCallsFrame, rounds))[-1]
            await it.bench.send_up(ToolResultsFrame(calls.generation, (tool_record(),)))
        await it.reply()
    said = [m.content for m in it.model.requests[2].messages if m.role is ChatRole.ASSISTANT]
    assert said == ["Let me see.", "And now the other."]


async def test_a_tools_own_sentence_needs_no_model() -> None:
    async with desk([CALL]) as it:
        await it.ask()
        await it.bench.until(ToolCallsFrame)
        await it.bench.send_up(ToolResultsFrame(1, (tool_record(),), say="Shall I book Tuesday?"))
        assert await it.reply() == "Shall I book Tuesday?"
    assert len(it.model.requests) == 1


async def test_a_tool_that_ends_the_call_does_so_once_the_reply_was_heard() -> None:
    async with desk(["Goodbye!", ToolCallRequest("end_call", {})]) as it:
        await it.ask()
        await it.bench.until(ToolCallsFrame)
        await it.bench.send_up(ToolResultsFrame(1, (tool_record("end_call"),), say="Goodbye!", ends_call=True))
        assert await it.reply() == "Goodbye!"
        assert it.ended == []
        it.heard(1)
    assert it.ended == [EndReason.AGENT_ENDED]


async def test_results_of_a_stale_reply_are_remembered_and_not_spoken() -> None:
    async with desk([CALL], ["All right."]) as it:
        await it.ask()
        await it.bench.until(ToolCallsFrame)
        it.generations.invalidate()
        await it.bench.interrupt()
        await it.bench.send_up(ToolResultsFrame(1, (tool_record(),), say="Booked.", ends_call=True))
        await it.ask("Never mind.")
        assert await it.reply() == "All right."
        it.ledger.reply_heard(2, "All right.", interrupted=False)
        it.heard(1)
        assert it.text(1) == ""
    assert ChatRole.TOOL in [message.role for message in messages_of(it.context)]
    assert it.turns[-1].tool_calls == (tool_record(),)
    assert it.ended == []


async def test_a_model_that_asks_for_tools_without_end_is_stopped() -> None:
    async with desk(*[[CALL]] * (MOST_TOOL_ROUNDS + 1)) as it:
        await it.ask()
        for rounds in range(1, MOST_TOOL_ROUNDS + 1):
            await it.bench.until(ToolCallsFrame, rounds)
            await it.bench.send_up(ToolResultsFrame(1, (tool_record(),)))
        assert await it.reply() == NOTHING_TO_SAY


async def test_a_decided_question_is_put_into_words_with_its_result() -> None:
    async with desk(["It is booked for Tuesday."]) as it:
        result = ToolRound((tool_record(),))
        await it.bench.send(DecidedContextFrame(context_of(("user", "Yes.")), result=result))
        assert await it.reply() == "It is booked for Tuesday."
        it.ledger.reply_heard(1, "It is booked for Tuesday.", interrupted=False)
    assert it.model.requests[0].messages[-1].role is ChatRole.TOOL
    assert it.turns[0].tool_calls == (tool_record(),)


async def test_a_stale_decision_is_remembered_and_not_spoken() -> None:
    context = context_of(("user", "Yes."))
    async with desk() as it:
        await it.bench.send(DecidedContextFrame(context, result=ToolRound((tool_record(),)), stale=True))
        await it.bench.send(TextFrame("x"))
        await it.bench.until(TextFrame)
        assert it.bench.got(ReplyTextFrame) == []
        it.ledger.close()
    assert messages_of(context)[-1].role is ChatRole.TOOL
    assert it.turns[0].tool_calls == (tool_record(),)


@pytest.mark.parametrize("empty", ["", "  \n"])
async def test_a_model_that_says_nothing_is_asked_again_and_then_something_is_said(empty: str) -> None:
    async with desk([empty], ["Nineteen."], [empty], [empty]) as it:
        await it.ask()
        assert (await it.reply()).strip() == "Nineteen."
        await it.ask("And the other?")
        assert (await it.reply(2)).strip() == NOTHING_TO_SAY
    assert len(it.model.requests) == 4


async def test_a_failing_model_is_apologised_for_and_then_the_call_is_ended_politely() -> None:
    async with desk([VendorError("ollama", "Down.")], [VendorError("ollama", "Down.")]) as it:
        await it.ask()
        assert await it.reply() == APOLOGY
        await it.ask("How much is it?")
        assert (await it.reply(2)).strip() == FAREWELL
        it.heard(2)
    assert it.ended == [EndReason.ERROR]


async def test_a_good_reply_between_two_failures_forgives_the_first() -> None:
    async with desk([VendorError("ollama", "Down.")], ["Nineteen."], [VendorError("ollama", "Down.")]) as it:
        for count in (1, 2, 3):
            await it.ask("How much is it?")
            text = await it.reply(count)
        assert text == APOLOGY
    assert it.ended == []


async def test_half_an_answer_is_not_followed_by_an_apology() -> None:
    async with desk(["Nineteen dollars", VendorError("ollama", "Gone.")]) as it:
        await it.ask()
        assert await it.reply() == "Nineteen dollars"


async def test_a_defect_of_ours_does_not_leave_the_caller_in_silence() -> None:
    async with desk([ZeroDivisionError()]) as it:
        await it.ask()
        assert await it.reply() == APOLOGY


async def test_a_turn_that_may_not_interrupt_ends_the_reply_before_it_properly() -> None:
    hold = Hold()
    async with desk(["Nineteen ", hold, "dollars."], ["Yes, a month."]) as it:
        await it.ask()
        await hold.reached.wait()
        await it.ask("A month?")
        assert await it.reply(2) == "Yes, a month."
        assert [end.generation for end in it.bench.got(ReplyEndFrame)] == [1, 2]
        assert it.text(1) == "Nineteen "
        assert it.generations.is_current(1)
    assert it.model.ended == ["CancelledError", "whole"]


async def test_a_fixed_text_is_said_as_a_reply_of_its_own() -> None:
    async with desk() as it:
        await it.bench.send(SayFrame("Goodbye.", protected=True, ends_call=EndReason.MAX_DURATION))
        assert await it.reply() == "Goodbye."
        it.heard(1)
        it.ledger.reply_heard(1, "Goodbye.", interrupted=False)
    assert it.protected == [1]
    assert it.ended == [EndReason.MAX_DURATION]
    assert it.turns[0].latency is None


async def test_a_fixed_text_ends_the_making_of_a_reply_that_lost_the_word() -> None:
    hold = Hold()
    async with desk(["Nineteen ", hold, "dollars."]) as it:
        await it.ask()
        await hold.reached.wait()
        it.generations.invalidate()
        await it.bench.send(SayFrame("Our time is up."))
        assert await it.reply() == "Our time is up."
        hold.let_go.set()
    assert it.model.ended == ["CancelledError"]


async def test_a_model_without_native_tools_calls_them_in_text_and_the_call_is_never_spoken() -> None:
    script = ["One moment. [TO", 'OL: book_appointment {"day": ', '"Tuesday"}]']
    async with desk(script, ["Booked."], native=False) as it:
        await it.ask()
        calls = (await it.bench.until(ToolCallsFrame))[0]
        assert calls.requests == (ToolRequest("book_appointment", {"day": "Tuesday"}),)
        await it.bench.send_up(ToolResultsFrame(1, (tool_record(),)))
        text = await it.reply()
        assert "[" not in text
        assert text.split() == ["One", "moment.", "Booked."]
    assert it.model.requests[0].tools == ()
    assert "book_appointment" in it.model.requests[0].messages[0].content
    assert all(message.role is not ChatRole.TOOL for message in it.model.requests[1].messages)


async def test_the_end_of_the_call_closes_the_stream() -> None:
    hold = Hold()
    async with desk(["Nineteen ", hold]) as it:
        await it.ask()
        await hold.reached.wait()
    assert it.model.ended == ["CancelledError"]


# --- replies begun before the turn is over ----------------------------------------------------------------

ASKED = "how much is it"
STARTED, USED, DROPPED = SpeculationStage


async def test_an_early_reply_is_taken_up_when_the_turn_ends_with_those_words() -> None:
    hold = Hold()
    async with desk(["Nineteen ", hold, "dollars."]) as it:
        await it.ask_early(ASKED)
        await it.bench.until(ReplyTextFrame)
        assert it.generations.is_held(1)
        await it.ask_for_certain("How much is it?")
        await it.bench.until(ReplyConfirmedFrame)
        assert not it.generations.is_held(1)
        hold.let_go.set()
        assert await it.reply() == "Nineteen dollars."
        assert len(it.model.requests) == 1
        assert it.stages == [(STARTED, 0), (USED, 0)]
        assert it.forgotten == []


async def test_an_early_reply_that_is_whole_already_is_ended_once() -> None:
    async with desk(["Nineteen dollars."], ["Bye."]) as it:
        await it.ask_early(ASKED)
        assert await it.reply() == "Nineteen dollars."
        await it.ask_for_certain("How much is it?")
        await it.bench.until(ReplyConfirmedFrame)
        await it.bench.interrupt()
        await it.ask_for_certain("Bye.")
        await it.reply(2)
        assert [frame.generation for frame in it.bench.got(ReplyEndFrame)] == [1, 2]


async def test_an_early_reply_is_dropped_and_its_stream_closed_when_the_caller_goes_on() -> None:
    hold = Hold()
    async with desk(["Nineteen ", "dol", hold], ["Four a month."]) as it:
        await it.ask_early(ASKED)
        await asyncio.wait_for(hold.reached.wait(), 1)
        await it.go_on_talking()
        assert it.model.ended == ["CancelledError"]
        assert not it.generations.is_current(1)
        assert (it.stages, it.forgotten) == ([(STARTED, 0), (DROPPED, 2)], [1])
        await it.ask_for_certain("How much is it a month?")
        assert await it.reply() == "Four a month."
        it.ledger.close()
    assert it.turns == []  # nothing of it is written down


async def test_an_early_reply_to_other_words_is_dropped_everywhere() -> None:
    async with desk(["Nineteen dollars."], ["Four a month."]) as it:
        await it.ask_early(ASKED)
        await it.reply()
        await it.ask_for_certain("How much is it a month?")
        assert await it.reply(2) == "Four a month."
        assert len(it.bench.got(EagerEndOfTurnCancelFrame)) == 1
        assert it.bench.got(ReplyConfirmedFrame) == []
        assert it.stages == [(STARTED, 0), (DROPPED, 1)]


async def test_an_early_reply_is_of_no_use_once_the_conversation_has_changed() -> None:
    async with desk(["Nineteen dollars."], ["As booked."]) as it:
        await it.ask_early(ASKED)
        await it.reply()
        it.context.add_message({"role": "assistant", "content": "It is booked."})
        await it.ask_for_certain(ASKED)
        assert await it.reply(2) == "As booked."


async def test_words_that_are_withdrawn_before_they_arrive_are_not_answered() -> None:
    async with desk() as it:
        assert it.speculation is not None
        it.speculation.begin(ASKED)
        it.speculation.withdraw()
        await it.ground(ASKED, speculation=True)
        await it.bench.send(TextFrame("after"))
        await it.bench.until(TextFrame)
        assert (it.model.requests, it.stages) == ([], [])


async def test_tools_of_an_early_reply_wait_until_the_turn_is_over() -> None:
    async with desk([CALL], ["It is booked."]) as it:
        await it.ask_early("Book it")
        await asyncio.wait_for(it.model.over.wait(), 1)
        assert it.bench.got(ToolCallsFrame) == []
        context = await it.ask_for_certain("Book it.")
        (asked,) = await it.bench.until(ToolCallsFrame)
        assert asked.requests == (ToolRequest("book_appointment", {"day": "Tuesday"}),)
        await it.bench.send_up(ToolResultsFrame(asked.generation, (tool_record(),)))
        assert await it.reply() == "It is booked."
        assert [message.role for message in messages_of(context)][-2:] == [ChatRole.ASSISTANT, ChatRole.TOOL]


async def test_tools_of_a_dropped_reply_never_run() -> None:
    async with desk([CALL], ["Fine."]) as it:
        await it.ask_early("Book it")
        await asyncio.wait_for(it.model.over.wait(), 1)
        await it.go_on_talking()
        await it.ask_for_certain("Book it, no, do not.")
        assert await it.reply() == "Fine."
        assert it.bench.got(ToolCallsFrame) == []


async def test_an_early_reply_that_failed_is_made_anew_without_an_apology() -> None:
    async with desk([VendorError("ollama", "down")], ["Nineteen dollars."]) as it:
        await it.ask_early(ASKED)
        await asyncio.wait_for(it.model.over.wait(), 1)
        await it.ask_for_certain(ASKED)
        assert await it.reply() == "Nineteen dollars."


async def test_a_sentence_of_our_own_takes_the_place_of_an_early_reply() -> None:
    hold = Hold()
    async with desk(["Nineteen", hold], ["Nineteen dollars."]) as it:
        await it.ask_early(ASKED)
        await asyncio.wait_for(hold.reached.wait(), 1)
        await it.bench.send(SayFrame("Are you still there?"))
        assert await it.reply() == "Are you still there?"
        assert it.model.ended == ["CancelledError"]
        await it.ask_for_certain(ASKED)
        assert await it.reply(2) == "Nineteen dollars."
