"""A reply is said again only where the model would have been asked the same."""

from collections.abc import AsyncGenerator
from dataclasses import replace

import pytest

from bot.answers_cache import MOST_ANSWERS, AnswersCache, CachedChatModel
from bot.chat_model import ChatChunk, ChatMessage, ChatRequest, ChatRole, ToolCallRequest
from bot.phases import CallPhase
from bot.prompt import PromptBuilder
from data.knowledge.snippet import Snippet
from tests.bot.calls import STARTED_AT, make_call

QUESTION = "How much is an adult cleaning?"
GREETING = ChatMessage(ChatRole.ASSISTANT, "Birchwood Dental, how can I help?")
FEES = Snippet("doc_1", "chunk_1", "Fees", "An adult cleaning costs $94.", 0.2, 0.9)


class Model:
    """Numbers its answers; may ask for a tool."""

    def __init__(self) -> None:
        self.asked = 0
        self.tool: ToolCallRequest | None = None

    async def stream(self, request: ChatRequest) -> AsyncGenerator[ChatChunk, None]:
        self.asked += 1
        yield ChatChunk(f"Answer {self.asked}", (self.tool,) if self.tool else ())
        yield ChatChunk(".", done=True)


class Clock:
    """Stands still until it is set."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def request(
    question: str = QUESTION, *snippets: Snippet, history: tuple[ChatMessage, ...] = (GREETING,)
) -> ChatRequest:
    prompt = PromptBuilder(make_call(), started_at=STARTED_AT)
    return ChatRequest("llama", prompt.build(history, question, snippets or [FEES], CallPhase.ACTIVE))


async def say(model: CachedChatModel, asked: ChatRequest) -> str:
    return "".join([chunk.text async for chunk in model.stream(asked)])


async def test_the_same_question_is_answered_again_at_once_until_it_is_too_old() -> None:
    clock, model = Clock(), Model()
    cache = AnswersCache(clock)
    cached = CachedChatModel(model, cache, "agent_1", seconds=60)
    assert await say(cached, request()) == "Answer 1."
    assert await say(cached, request("how much is an  adult cleaning")) == "Answer 1."
    assert (model.asked, cache.hits, cache.misses) == (1, 1, 1)
    clock.now = 60
    assert await say(cached, request()) == "Answer 2."


@pytest.mark.parametrize(
    "other",
    [
        request("How much is a child cleaning?"),
        request(QUESTION, replace(FEES, text="An adult cleaning costs $99.")),
        replace(request(), messages=(ChatMessage(ChatRole.SYSTEM, "Hello Ada."), *request().messages[1:])),
        replace(request(), model="other"),
        replace(request(), temperature=1.0),
        request(history=(ChatMessage(ChatRole.ASSISTANT, "Hello Ada, how can I help?"),)),
    ],
    ids=["question", "documents", "prompt", "model", "options", "greeting"],
)
async def test_whatever_differs_is_asked_anew(other: ChatRequest) -> None:
    model = Model()
    cached = CachedChatModel(model, AnswersCache(), "agent_1", seconds=60)
    await say(cached, request())
    assert await say(cached, other) == "Answer 2."


async def test_what_a_caller_said_before_reaches_nobody_else() -> None:
    model = Model()
    cached = CachedChatModel(model, AnswersCache(), "agent_1", seconds=60)
    said = (GREETING, ChatMessage(ChatRole.USER, "I am Ada."), ChatMessage(ChatRole.ASSISTANT, "Hello Ada."))
    assert await say(cached, request(history=said)) == "Answer 1."
    assert await say(cached, request()) == "Answer 2.", "an answer to Ada is not kept"
    assert await say(cached, request(history=said)) == "Answer 2.", (
        "one to nobody in particular may be said to Ada"
    )


async def test_agents_never_share_an_answer() -> None:
    model, cache = Model(), AnswersCache()
    for number, agent in enumerate(("agent_1", "agent_2"), start=1):
        assert await say(CachedChatModel(model, cache, agent, seconds=60), request()) == f"Answer {number}."


@pytest.mark.parametrize("question", ["And on Sundays?", "Yes please", "How much is that?"])
async def test_what_leans_on_the_call_is_never_kept(question: str) -> None:
    model = Model()
    cached = CachedChatModel(model, AnswersCache(), "agent_1", seconds=60)
    assert [await say(cached, request(question)) for _ in range(2)] == ["Answer 1.", "Answer 2."]


async def test_answers_without_documents_with_tools_or_cut_short_are_not_kept() -> None:
    model = Model()
    cached = CachedChatModel(model, AnswersCache(), "agent_1", seconds=60)
    prompt = PromptBuilder(make_call(), started_at=STARTED_AT)
    without = ChatRequest("llama", prompt.build([], QUESTION, [], CallPhase.ACTIVE))
    assert [await say(cached, without) for _ in range(2)] == ["Answer 1.", "Answer 2."]
    stream = cached.stream(request())
    assert (await anext(stream)).text == "Answer 3"
    await stream.aclose()
    model.tool = ToolCallRequest("end_call", {})
    await say(cached, request())
    model.tool = None
    assert await say(cached, request()) == "Answer 5."
    after_tool = replace(
        request(), messages=(*request().messages, ChatMessage(ChatRole.TOOL, "ok", tool_name="x"))
    )
    assert await say(cached, after_tool) == "Answer 6."


def test_the_cache_has_a_bound() -> None:
    cache = AnswersCache()
    for number in range(MOST_ANSWERS + 1):
        cache.put("agent_1", str(number), "x", seconds=60)
    assert cache.get("agent_1", "0") is None
    assert cache.get("agent_1", str(MOST_ANSWERS)) == "x"
