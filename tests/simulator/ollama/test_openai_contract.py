"""The official `openai` client against the stand-in's `/v1`."""

import json

import httpx
import openai
import pytest

from simulator.ollama.options import ScriptedCall, ScriptedReply
from tests.simulator.ollama.conftest import QUICK, serve

MODEL = "llama3.1:8b"


def connect(server: httpx.AsyncClient) -> openai.AsyncOpenAI:
    return openai.AsyncOpenAI(
        base_url=f"{server.base_url}/v1".replace("//v1", "/v1"), api_key="ollama", max_retries=0
    )


async def test_streamed_text_with_usage(server: httpx.AsyncClient) -> None:
    stream = await connect(server).chat.completions.create(
        model=MODEL,
        messages=[{"role": "user", "content": "hello"}],
        stream=True,
        stream_options={"include_usage": True},
    )
    chunks = [chunk async for chunk in stream]
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert text == "Hello! How can I help you?"
    assert chunks[0].choices[0].delta.role == "assistant"
    assert chunks[-2].choices[0].finish_reason == "stop"
    assert chunks[-1].usage is not None
    assert chunks[-1].usage.completion_tokens == len(chunks) - 2


async def test_tool_calls_streamed_and_whole() -> None:
    calls = (
        ScriptedCall(name="look", arguments={"at": "sky"}),
        ScriptedCall(name="look", arguments={"at": "sea"}),
    )
    script = ScriptedReply(match="look", tool_calls=calls)
    tool = {"type": "function", "function": {"name": "look", "parameters": {"type": "object", "properties": {}}}}
    async with serve(QUICK.model_copy(update={"scripts": (script,)})) as server:
        body = {"model": MODEL, "messages": [{"role": "user", "content": "look"}], "tools": [tool]}
        client = connect(server)
        whole = await client.chat.completions.create(
            model=MODEL, messages=[{"role": "user", "content": "look"}], extra_body={"tools": [tool]}
        )
        streamed = (await server.post("/v1/chat/completions", json={**body, "stream": True})).text
    assert whole.choices[0].finish_reason == "tool_calls"
    found = whole.choices[0].message.tool_calls or []
    assert [json.loads(call.function.arguments)["at"] for call in found if call.type == "function"] == [
        "sky",
        "sea",
    ]
    events = [json.loads(line[6:]) for line in streamed.splitlines() if line.startswith("data: {")]
    deltas = [event["choices"][0]["delta"] for event in events]
    assert [[c["index"] for c in delta["tool_calls"]] for delta in deltas if "tool_calls" in delta] == [[0, 1]]
    assert events[-1]["choices"][0]["finish_reason"] == "tool_calls"
    assert streamed.endswith("data: [DONE]\n\n")


async def test_models_and_errors(server: httpx.AsyncClient) -> None:
    client = connect(server)
    assert MODEL in [model.id async for model in client.models.list()]
    assert (await client.models.retrieve(MODEL)).id == MODEL
    with pytest.raises(openai.NotFoundError, match="not found"):
        await client.chat.completions.create(model="nothing", messages=[{"role": "user", "content": "hi"}])
    with pytest.raises(openai.NotFoundError):
        await client.models.retrieve("nothing")


async def test_max_tokens_is_length(server: httpx.AsyncClient) -> None:
    reply = await connect(server).chat.completions.create(
        model=MODEL, messages=[{"role": "user", "content": "hello"}], max_tokens=2
    )
    assert reply.choices[0].finish_reason == "length"
    assert reply.usage is not None
    assert reply.usage.completion_tokens == 2
