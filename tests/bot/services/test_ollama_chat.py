"""Ollama over its native protocol, against the stand-in."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, aclosing, asynccontextmanager

import httpx
import pytest

from bot.chat_model import ChatChunk, ChatMessage, ChatRequest, ChatRole, ToolCallRequest, ToolSchema
from bot.phases import CallPhase
from bot.prompt import PromptBuilder
from bot.services.ollama_chat import ModelState, OllamaChatModel
from bot.tools.registry import built_in_tools
from config.errors import VendorError
from config.settings import Settings
from data.agent_config import AgentSettings
from data.knowledge.snippet import Snippet
from simulator.hosting import serve_app
from simulator.ollama.app import create_app
from simulator.ollama.faults import Fault, FaultKind
from simulator.ollama.options import OllamaOptions, ScriptedCall, ScriptedReply
from tests.bot.calls import STARTED_AT, make_call
from tests.bot.tools.fakes import MemoryBook
from tests.locked_app import LockedApp

_MODEL = "llama3.1:8b"
_FAST = {"first_token_seconds": 0.01, "tokens_per_second": 1000.0, "load_seconds": 0.0, "jitter": 0.0}
_TOOL = ToolSchema(
    "end_call",
    "Ends the call.",
    {"type": "object", "properties": {"reason": {"type": "string"}}, "required": ["reason"]},
)


@asynccontextmanager
async def _ollama(
    first: float = 5.0, inter: float = 5.0, **options: object
) -> AsyncIterator[tuple[OllamaChatModel, httpx.AsyncClient]]:
    """The model under test and a client for the stand-in's state."""
    async with AsyncExitStack() as stack:
        app = create_app(OllamaOptions.model_validate({**_FAST, **options}))
        host = await stack.enter_async_context(serve_app(app))
        control = await stack.enter_async_context(httpx.AsyncClient(base_url=host))
        model = OllamaChatModel(host, first_token_deadline=first, inter_token_deadline=inter)
        stack.push_async_callback(model.close)
        yield model, control


def _request(text: str = "tell me", model: str = _MODEL, *tools: ToolSchema) -> ChatRequest:
    return ChatRequest(
        model=model,
        messages=(ChatMessage(ChatRole.SYSTEM, "Be kind."), ChatMessage(ChatRole.USER, text)),
        tools=tools,
        num_ctx=2048,
        stop=("User:",),
    )


async def _counted(control: httpx.AsyncClient, what: str) -> int:
    """What the stand-in has counted as soon as that is anything; 0 when it stays at nothing."""
    deadline = time.monotonic() + 5
    count = 0
    while not count and time.monotonic() < deadline:
        count = int((await control.get("/simulator/state")).json()[what])
    return count


async def _collect(model: OllamaChatModel, request: ChatRequest) -> list[ChatChunk]:
    async with aclosing(model.stream(request)) as stream:
        return [chunk async for chunk in stream]


def _says(text: str) -> ScriptedReply:
    return ScriptedReply(match="tell me", text=text)


async def test_streams_text_and_ends_with_usage() -> None:
    async with _ollama(scripts=(_says("One two three four."),)) as (model, _):
        chunks = await _collect(model, _request())
    assert "".join(chunk.text for chunk in chunks) == "One two three four."
    assert len([chunk for chunk in chunks if chunk.text]) > 1
    assert [chunk.done for chunk in chunks] == [False] * (len(chunks) - 1) + [True]
    usage = chunks[-1].usage
    assert usage is not None
    assert usage.input_tokens > 0
    assert usage.output_tokens > 0
    assert usage.generation_ms > 0


async def test_what_is_sent() -> None:
    messages = (
        ChatMessage(ChatRole.USER, "bye"),
        ChatMessage(ChatRole.ASSISTANT, "", (ToolCallRequest("end_call", {"reason": "x"}),)),
        ChatMessage(ChatRole.TOOL, '{"status": "ending"}', tool_name="end_call"),
    )
    request = ChatRequest(_MODEL, messages, (_TOOL,), temperature=0.3, num_predict=-1)
    async with _ollama() as (model, control):
        await _collect(model, request)
        body = (await control.get("/simulator/state")).json()["last_requests"][-1]["body"]
    assert body["options"] == {"temperature": 0.3}
    assert (body["think"], body["stream"], body["keep_alive"]) == (False, True, "30m")
    assert body["messages"][1]["tool_calls"] == [{"function": {"name": "end_call", "arguments": {"reason": "x"}}}]
    assert body["messages"][2] == {"role": "tool", "content": '{"status": "ending"}', "tool_name": "end_call"}
    function = body["tools"][0]["function"]
    assert function["name"] == "end_call"
    assert function["parameters"]["required"] == ["reason"]


async def test_several_tool_calls() -> None:
    calls = (
        ScriptedCall(name="end_call", arguments={"reason": "a"}),
        ScriptedCall(name="other", arguments={"n": 1}),
    )
    async with _ollama(scripts=(ScriptedReply(match="tell me", tool_calls=calls),)) as (model, _):
        chunks = await _collect(model, _request("tell me", _MODEL, _TOOL))
    assert [call for chunk in chunks for call in chunk.tool_calls] == [
        ToolCallRequest("end_call", {"reason": "a"}),
        ToolCallRequest("other", {"n": 1}),
    ]


async def test_closing_aborts_the_request_at_once() -> None:
    async with _ollama(scripts=(_says("word " * 500),), tokens_per_second=50.0) as (model, control):
        async with aclosing(model.stream(_request())) as stream:
            await anext(stream)
        assert await _counted(control, "cancelled") == 1


async def test_cancelling_before_the_first_token_aborts_too() -> None:
    async with _ollama(scripts=(_says("late"),), first_token_seconds=30.0) as (model, control):
        waiting = asyncio.ensure_future(_collect(model, _request()))
        assert await _counted(control, "requests") == 1
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert await _counted(control, "cancelled") == 1


async def _failure(model: OllamaChatModel, name: str = _MODEL) -> tuple[str, VendorError]:
    """What was said before it failed, and how it failed."""
    said: list[str] = []

    async def listen() -> None:
        async with aclosing(model.stream(_request(model=name))) as stream:
            async for chunk in stream:
                said.append(chunk.text)

    with pytest.raises(VendorError) as caught:
        await listen()
    assert caught.value.vendor == "ollama"
    return "".join(said), caught.value


async def test_a_missing_model_says_what_to_do() -> None:
    async with _ollama(installed=()) as (model, _):
        _, error = await _failure(model, "nobody:1b")
    assert error.permanent
    assert "ollama pull nobody:1b" in error.message


async def test_no_first_token_in_time() -> None:
    async with _ollama(first=0.1, first_token_seconds=30.0) as (model, _):
        began = time.monotonic()
        said, error = await _failure(model)
    assert (said, error.permanent) == ("", False)
    assert time.monotonic() - began < 2


async def test_a_stall_between_tokens() -> None:
    stall = Fault(kind=FaultKind.STALL, after_tokens=2)
    async with _ollama(inter=0.1, scripts=(_says("one two three four"),), faults=(stall,)) as (model, _):
        said, error = await _failure(model)
    assert said
    assert "in time" in error.message
    assert not error.permanent


@pytest.mark.parametrize("kind", [FaultKind.CUT, FaultKind.INVALID_JSON, FaultKind.ERROR_LINE])
async def test_a_reply_that_breaks_off(kind: FaultKind) -> None:
    fault = Fault(kind=kind, after_tokens=2)
    async with _ollama(scripts=(_says("one two three four"),), faults=(fault,)) as (model, _):
        said, error = await _failure(model)
        assert said
        assert not error.permanent
        assert (await _collect(model, _request()))[-1].done


@pytest.mark.parametrize(("status", "permanent"), [(500, False), (503, False), (429, False), (400, True)])
async def test_http_errors(status: int, permanent: bool) -> None:
    fault = Fault(kind=FaultKind.ERROR, status=status, message="out of memory")
    async with _ollama(faults=(fault,)) as (model, _):
        _, error = await _failure(model)
    assert error.permanent is permanent
    assert "out of memory" in error.message


@pytest.mark.parametrize(("status", "advised"), [(401, True), (403, False)])
async def test_a_refused_key_says_which_setting_to_look_at(status: int, advised: bool) -> None:
    fault = Fault(kind=FaultKind.ERROR, status=status, message="this model requires a subscription")
    async with _ollama(faults=(fault,)) as (model, _):
        _, error = await _failure(model)
    assert error.permanent
    assert "requires a subscription" in error.message
    assert ("OLLAMA_API_KEY" in error.message) is advised


async def test_every_request_carries_the_key() -> None:
    app = LockedApp(create_app(OllamaOptions.model_validate(_FAST)), "a-key")
    async with serve_app(app) as host:
        model = OllamaChatModel.of(Settings.model_validate({"ollama_host": host, "ollama_api_key": "a-key"}))
        await model.warm(_MODEL)
        assert "tools" in await model.capabilities(_MODEL)
        assert (await model.check(_MODEL)).state is ModelState.READY
        assert (await _collect(model, _request()))[-1].done
        await model.close()


async def test_dropped_connections() -> None:
    async with _ollama(faults=(Fault(kind=FaultKind.REFUSE, requests=2),)) as (model, _):
        _, error = await _failure(model)
    assert not error.permanent


async def test_one_dropped_connection_costs_no_reply() -> None:
    async with _ollama(faults=(Fault(kind=FaultKind.REFUSE),)) as (model, _):
        assert (await _collect(model, _request()))[-1].done


def _closed_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"


async def test_nobody_there() -> None:
    model = OllamaChatModel(_closed_port(), first_token_deadline=1, inter_token_deadline=1)
    _, error = await _failure(model)
    health = await model.check(_MODEL)
    with pytest.raises(VendorError):
        await model.warm(_MODEL)
    await model.close()
    assert "ollama serve" in error.message
    assert not error.permanent
    assert (health.state, health.is_usable) == (ModelState.UNREACHABLE, False)


async def test_health_and_warming() -> None:
    async with _ollama() as (model, _):
        cold = await model.check(_MODEL)
        await model.warm(_MODEL, num_ctx=2048)
        warm = await model.check(_MODEL)
        missing = await model.check("nobody:1b")
    assert (cold.state, cold.is_usable) == (ModelState.NOT_LOADED, True)
    assert (warm.state, warm.is_usable) == (ModelState.READY, True)
    assert (missing.state, missing.is_usable) == (ModelState.MISSING, False)
    assert "ollama pull nobody:1b" in missing.message


async def test_capabilities_are_asked_once() -> None:
    async with _ollama() as (model, control):
        assert "tools" in await model.capabilities(_MODEL)
        assert "tools" not in await model.capabilities("llama3:8b")
        await control.aclose()
        with pytest.raises(VendorError, match="ollama pull"):
            await model.capabilities("nobody:1b")
    assert "tools" in await model.capabilities(_MODEL)


async def test_the_whole_prompt_is_understood() -> None:
    """Our layout, read by the stand-in's rules: an answer from the snippet, a goodbye by tool."""
    config = make_call(AgentSettings())
    registry = built_in_tools(config.agent.settings, MemoryBook())
    builder = PromptBuilder(config, started_at=STARTED_AT, tools=registry.schemas())
    snippet = Snippet("doc_1", "chunk_1", "Warranty", "The warranty of the Lumen lamp lasts seven years.", 0.2)
    async with _ollama() as (model, _):
        asked = builder.build([], "How long is the warranty of the Lumen lamp?", [snippet], CallPhase.DISCOVERY)
        answer = await _collect(model, ChatRequest(_MODEL, asked, registry.schemas()))
        parting = builder.build([], "No, that is all. Goodbye!", [], CallPhase.ACTIVE)
        bye = await _collect(model, ChatRequest(_MODEL, parting, registry.schemas()))
    assert "seven years" in "".join(chunk.text for chunk in answer)
    assert [call.name for chunk in bye for call in chunk.tool_calls] == ["end_call"]
