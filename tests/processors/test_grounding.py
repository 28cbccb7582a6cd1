"""What the documents say, beside the newest question and nowhere else."""

from pipecat.frames.frames import LLMContextFrame, TextFrame

from data.records import ToolCallRecord
from processors.frames import DecidedContextFrame, GroundedContextFrame
from processors.grounding import Grounding, newest_user_text
from processors.tool_requests import ToolRound
from processors.turn_retrieval import TurnRetrieval
from tests.processors.bench import running
from tests.processors.test_turn_retrieval import QUESTION, Documents
from tests.processors.values import context_of, snippet


async def test_the_question_is_grounded_and_the_history_stays_as_it_was() -> None:
    context = context_of(("assistant", "Hello."), ("user", QUESTION))
    before = list(context.messages)
    async with running(Grounding(TurnRetrieval(Documents()))) as bench:
        await bench.send(LLMContextFrame(context))
        frame = (await bench.until(GroundedContextFrame))[0]
    assert frame.context is context
    assert frame.snippets == (snippet(QUESTION),)
    assert frame.retrieval is not None
    assert frame.retrieval.query == QUESTION
    assert context.messages == before
    assert len(bench.got(LLMContextFrame)) == 1, "the ungrounded frame does not pass"


async def test_without_retrieval_or_a_question_there_are_no_snippets() -> None:
    for grounding, context in (
        (Grounding(None), context_of(("user", QUESTION))),
        (Grounding(TurnRetrieval(Documents())), context_of(("assistant", "Hello."))),
    ):
        async with running(grounding) as bench:
            await bench.send(LLMContextFrame(context))
            frame = (await bench.until(GroundedContextFrame))[0]
            assert (frame.snippets, frame.retrieval) == ((), None)


async def test_a_decided_turn_and_everything_else_pass_untouched() -> None:
    records: tuple[ToolCallRecord, ...] = ()
    decided = DecidedContextFrame(context_of(("user", "yes")), result=ToolRound(records))
    async with running(Grounding(TurnRetrieval(Documents()))) as bench:
        await bench.send(decided, TextFrame("x"))
        await bench.until(TextFrame)
        assert bench.got(DecidedContextFrame) == [decided]


async def test_an_interruption_gives_the_search_up_and_no_answer_follows() -> None:
    documents = Documents(held=True)
    async with running(Grounding(TurnRetrieval(documents))) as bench:
        await bench.send(LLMContextFrame(context_of(("user", QUESTION))))
        await documents.begun.wait()
        await bench.interrupt()
        assert documents.running == 0
        documents.may_end.set()
        await bench.send(LLMContextFrame(context_of(("user", "what are your opening hours"))))
        frames = await bench.until(GroundedContextFrame)
    assert [frame.retrieval.query for frame in frames if frame.retrieval] == ["what are your opening hours"]


def test_the_newest_words_are_all_since_the_agents_last() -> None:
    context = context_of(("user", "one"), ("assistant", "Yes?"), ("user", "two"), ("user", "three"))
    assert newest_user_text(context) == "two three"
    assert newest_user_text(context_of()) == ""
