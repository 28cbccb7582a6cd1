"""Slots, queueing, cancellation and the prompt cache, over HTTP."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

import httpx

from simulator.ollama.options import ScriptedReply
from tests.simulator.ollama.conftest import QUICK, serve

MODEL = "llama3.1:8b"
LONG = ScriptedReply(match="long", text="word " * 400)
SLOW = QUICK.model_copy(update={"scripts": (LONG,), "tokens_per_second": 50.0, "preloaded": (MODEL,)})


def chat(text: str, **more: Any) -> dict[str, Any]:
    return {"model": MODEL, "messages": [{"role": "user", "content": text}], **more}


async def state_where(server: httpx.AsyncClient, is_so: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    deadline = time.monotonic() + 5
    while True:
        state: dict[str, Any] = (await server.get("/simulator/state")).json()
        if is_so(state) or time.monotonic() > deadline:
            return state
        await asyncio.sleep(0.01)


async def test_a_client_that_leaves_frees_its_slot_at_once() -> None:
    async with serve(SLOW.model_copy(update={"num_parallel": 1})) as server:
        async with server.stream("POST", "/api/chat", json=chat("a long story")) as first:
            lines = first.aiter_lines()  # kept, because dropping it closes the connection
            await anext(lines)
            second = asyncio.create_task(server.post("/api/chat", json=chat("hello", stream=False)))
            assert (await state_where(server, lambda s: s["queued"] == 1))["queued"] == 1
        begun = time.monotonic()
        assert (await second).status_code == 200
        assert time.monotonic() - begun < 2  # the long story would have gone on for eight seconds
        state = await state_where(server, lambda s: s["active"] == 0)
    assert state["cancelled"] == 1
    assert state["completed"] == 1
    assert state["last_requests"][0]["outcome"] == "cancelled"


async def test_a_client_that_leaves_the_queue_takes_no_slot() -> None:
    async with (
        serve(SLOW.model_copy(update={"num_parallel": 1})) as server,
        server.stream("POST", "/api/chat", json=chat("a long story")) as first,
    ):
        lines = first.aiter_lines()  # kept, because dropping it closes the connection
        await anext(lines)
        waiting = asyncio.create_task(server.post("/api/chat", json=chat("hello")))
        await state_where(server, lambda s: s["queued"] == 1)
        waiting.cancel()
        state = await state_where(server, lambda s: s["queued"] == 0)
        assert state["queued"] == 0
        assert state["active"] == 1


async def test_the_queue_is_first_in_first_out_and_bounded() -> None:
    async with serve(SLOW.model_copy(update={"num_parallel": 1, "max_queue": 2})) as server:
        done: list[str] = []

        async def ask(text: str) -> None:
            await server.post("/api/chat", json=chat(text, stream=False))
            done.append(text)

        async with server.stream("POST", "/api/chat", json=chat("a long story")) as first:
            lines = first.aiter_lines()  # kept, because dropping it closes the connection
            await anext(lines)
            tasks = [asyncio.create_task(ask("hello"))]
            await state_where(server, lambda s: s["queued"] == 1)
            tasks.append(asyncio.create_task(ask("thanks")))
            await state_where(server, lambda s: s["queued"] == 2)
            refused = await server.post("/api/chat", json=chat("hello"))
            assert refused.status_code == 503
            assert "maximum pending requests exceeded" in refused.json()["error"]
        await asyncio.gather(*tasks)
        assert done == ["hello", "thanks"]
        assert (await server.get("/simulator/state")).json()["longest_queue"] == 2


async def test_only_what_is_new_behind_the_common_prefix_is_evaluated() -> None:
    system = {"role": "system", "content": "You are a clerk who knows many rules. " * 20}
    first = [system, {"role": "user", "content": "hello"}]
    async with serve(QUICK.model_copy(update={"num_parallel": 1})) as server:

        async def evaluated(messages: list[dict[str, str]]) -> int:
            body = {"model": MODEL, "messages": messages, "stream": False}
            reply = (await server.post("/api/chat", json=body)).json()
            messages.append(reply["message"])
            return int(reply["prompt_eval_count"])

        cold = await evaluated(first)
        warm = await evaluated([*first, {"role": "user", "content": "thank you"}])
        changed_head = [{"role": "system", "content": "Now " + system["content"]}, *first[1:]]
        spoiled = await evaluated(changed_head)
    assert cold > 150
    assert warm < 10
    assert spoiled > 150


async def test_tokens_keep_their_pace_with_many_streams() -> None:
    options = SLOW.model_copy(update={"num_parallel": 40, "tokens_per_second": 50.0})
    script = ScriptedReply(match="count", text="one " * 25)
    async with serve(options.model_copy(update={"scripts": (script,)})) as server:
        begun = time.monotonic()
        replies = await asyncio.gather(
            *(server.post("/api/chat", json=chat("count", stream=False)) for _ in range(40))
        )
        took = time.monotonic() - begun
    assert all(reply.status_code == 200 for reply in replies)
    assert 0.5 <= took < 2.5


async def test_state_shows_what_was_sent(server: httpx.AsyncClient) -> None:
    await server.post("/api/chat", json=chat("hello", options={"num_ctx": 2048, "temperature": 0.2}))
    state = (await server.get("/simulator/state")).json()
    assert state["last_requests"][-1]["body"]["options"] == {"num_ctx": 2048, "temperature": 0.2}
    assert state["last_requests"][-1]["reply"] == "Hello! How can I help you?"
    await server.delete("/simulator/state")
    assert (await server.get("/simulator/state")).json()["requests"] == 0


async def test_what_exceeds_the_context_is_dropped_from_the_oldest(server: httpx.AsyncClient) -> None:
    messages = [{"role": "user", "content": "filler " * 500}, {"role": "user", "content": "hello"}]
    body = {"model": MODEL, "messages": messages, "options": {"num_ctx": 64}, "stream": False}
    reply = (await server.post("/api/chat", json=body)).json()
    assert reply["prompt_eval_count"] < 64
    assert (await server.get("/simulator/state")).json()["last_requests"][-1]["truncated"] is True
