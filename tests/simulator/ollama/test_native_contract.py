"""The official `ollama` client against the stand-in."""

import httpx
import ollama
import pytest

from simulator.ollama.faults import Fault, FaultKind
from simulator.ollama.options import ScriptedCall, ScriptedReply
from tests.simulator.ollama.conftest import QUICK, serve

MODEL = "llama3.1:8b"
WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "Get the weather in a city",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string", "description": "The city"}},
            "required": ["city"],
        },
    },
}


@pytest.fixture
def client(server: httpx.AsyncClient) -> ollama.AsyncClient:
    return ollama.AsyncClient(host=str(server.base_url))


def user(text: str) -> list[dict[str, str]]:
    return [{"role": "user", "content": text}]


async def test_chat_streams_pieces_and_ends_with_metrics(client: ollama.AsyncClient) -> None:
    parts = [part async for part in await client.chat(MODEL, user("hello"), stream=True)]
    assert len(parts) > 3
    assert "".join(part.message.content or "" for part in parts) == "Hello! How can I help you?"
    assert all(not part.done for part in parts[:-1])
    last = parts[-1]
    assert last.done
    assert last.done_reason == "stop"
    assert last.eval_count == len(parts) - 1
    assert last.load_duration is not None
    assert last.load_duration >= 10_000_000
    assert last.prompt_eval_count
    assert last.prompt_eval_duration
    assert last.total_duration
    assert last.eval_duration
    assert last.total_duration >= last.load_duration + last.prompt_eval_duration


async def test_chat_without_stream(client: ollama.AsyncClient) -> None:
    reply = await client.chat(MODEL, user("thank you"))
    assert reply.message.content == "You're welcome. Is there anything else I can help you with?"
    assert reply.done


async def test_several_tool_calls_come_in_one_chunk() -> None:
    script = ScriptedReply(
        match="weather",
        text="One moment.",
        tool_calls=(
            ScriptedCall(name="get_weather", arguments={"city": "Salem"}),
            ScriptedCall(name="get_weather", arguments={"city": "Bend"}),
        ),
    )
    async with serve(QUICK.model_copy(update={"scripts": (script,)})) as server:
        client = ollama.AsyncClient(host=str(server.base_url))
        stream = await client.chat(MODEL, user("weather please"), tools=[WEATHER], stream=True)
        chunks = [part.message.tool_calls async for part in stream if part.message.tool_calls]
    assert len(chunks) == 1
    assert [call.function.arguments["city"] for call in chunks[0]] == ["Salem", "Bend"]


async def test_tools_on_a_model_without_them_are_refused_as_ollama_does(client: ollama.AsyncClient) -> None:
    with pytest.raises(ollama.ResponseError) as caught:
        await client.chat("llama3:8b", user("hi"), tools=[WEATHER])
    assert caught.value.status_code == 400
    assert caught.value.error == "registry.ollama.ai/library/llama3:8b does not support tools"


async def test_unknown_model_is_404(client: ollama.AsyncClient) -> None:
    with pytest.raises(ollama.ResponseError) as caught:
        await client.chat("nothing:1b", user("hi"))
    assert caught.value.status_code == 404
    assert caught.value.error == "model 'nothing:1b' not found"


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[1]", b'{"model": 3}', b'{"model": "llama3.1:8b", "messages": "hi"}']
)
async def test_bad_bodies_are_400(server: httpx.AsyncClient, body: bytes) -> None:
    answer = await server.post("/api/chat", content=body)
    assert answer.status_code == 400
    assert answer.json()["error"]


async def test_show_tells_the_capabilities(client: ollama.AsyncClient) -> None:
    assert "tools" in ((await client.show(MODEL)).capabilities or [])
    assert (await client.show("llama3:8b-instruct-q4_K_S")).capabilities == ["completion"]
    assert "thinking" in ((await client.show("qwen3:8b")).capabilities or [])
    shown = await client.show(MODEL)
    assert shown.details is not None
    assert shown.details.family == "llama"
    assert (shown.modelinfo or {})["llama.context_length"] == 131072


async def test_list_ps_load_and_unload(client: ollama.AsyncClient) -> None:
    assert MODEL in [model.model for model in (await client.list()).models]
    assert (await client.ps()).models == []
    loaded = await client.chat(MODEL, [])
    assert loaded.done_reason == "load"
    running = (await client.ps()).models
    assert [model.model for model in running] == [MODEL]
    assert running[0].context_length == 4096
    unloaded = await client.chat(MODEL, [], keep_alive=0)
    assert unloaded.done_reason == "unload"
    assert (await client.ps()).models == []


async def test_keep_alive_expiry_makes_the_next_request_load_again(client: ollama.AsyncClient) -> None:
    await client.chat(MODEL, user("hi"), keep_alive="0s")
    again = await client.chat(MODEL, user("hi"), keep_alive="1h")
    warm = await client.chat(MODEL, user("hi"))
    assert again.load_duration is not None
    assert warm.load_duration is not None
    assert again.load_duration >= 10_000_000 > warm.load_duration


async def test_generate_reads_a_transcript(client: ollama.AsyncClient) -> None:
    prompt = "You are Ada, a clerk.\n\nContext:\nThe library opens at 9 am.\n\nUser: When do you open?\nAssistant:"
    reply = await client.generate(MODEL, prompt)
    assert reply.response is not None
    assert "9 am" in reply.response
    assert reply.context
    assert (await client.generate(MODEL, "")).done_reason == "load"


async def test_embeddings_are_normalised_and_near_for_common_words(client: ollama.AsyncClient) -> None:
    vectors = (await client.embed("all-minilm", ["solar panels", "a solar panel", "cheese"])).embeddings
    assert [len(vector) for vector in vectors] == [384, 384, 384]

    def likeness(left: int, right: int) -> float:
        return sum(a * b for a, b in zip(vectors[left], vectors[right], strict=True))

    assert likeness(0, 0) == pytest.approx(1.0)
    assert likeness(0, 1) > 0.9 > 0.5 > likeness(0, 2)
    assert len((await client.embeddings("all-minilm", "solar")).embedding) == 384
    with pytest.raises(ollama.ResponseError, match="does not support chat"):
        await client.chat("all-minilm", user("hi"))


async def test_pull_installs_a_known_model_and_fails_for_others() -> None:
    async with serve(QUICK.model_copy(update={"installed": ("llama3:8b",)})) as server:
        client = ollama.AsyncClient(host=str(server.base_url))
        with pytest.raises(ollama.ResponseError):
            await client.show(MODEL)
        statuses = [part.status async for part in await client.pull(MODEL, stream=True)]
        assert statuses[0] == "pulling manifest"
        assert statuses[-1] == "success"
        assert (await client.show(MODEL)).capabilities
        with pytest.raises(ollama.ResponseError, match="file does not exist"):
            async for _ in await client.pull("nothing:1b", stream=True):
                pass
        with pytest.raises(ollama.ResponseError) as caught:
            await client.pull("nothing:1b")
        assert caught.value.status_code == 500


async def test_num_predict_and_stop(client: ollama.AsyncClient) -> None:
    cut = await client.chat(MODEL, user("hello"), options={"num_predict": 3})
    assert cut.done_reason == "length"
    assert cut.eval_count == 3
    stopped = await client.chat(MODEL, user("hello"), options={"stop": ["can I"]})
    assert stopped.message.content == "Hello! How "
    assert stopped.done_reason == "stop"


async def test_thinking_models_think_unless_told_not_to(client: ollama.AsyncClient) -> None:
    assert (await client.chat("qwen3:8b", user("hello"))).message.thinking
    assert not (await client.chat("qwen3:8b", user("hello"), think=False)).message.thinking
    with pytest.raises(ollama.ResponseError, match=r'"llama3\.1:8b" does not support thinking'):
        await client.chat(MODEL, user("hello"), think=True)


async def test_alive_and_version(server: httpx.AsyncClient) -> None:
    assert (await server.get("/")).text == "Ollama is running"
    assert (await server.head("/")).status_code == 200
    assert "version" in (await server.get("/api/version")).json()


async def test_format_gives_valid_json(client: ollama.AsyncClient) -> None:
    schema = {
        "type": "object",
        "properties": {"name": {"type": "string"}, "mood": {"type": "string", "enum": ["good", "bad"]}},
        "required": ["name", "mood"],
    }
    reply = await client.chat(MODEL, user("My name is Ann Bell and I feel bad"), format=schema)
    assert reply.message.content == '{"name": "Ann Bell", "mood": "bad"}'


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault(kind=FaultKind.REFUSE), ConnectionError),
        (Fault(kind=FaultKind.ERROR, status=500, message="boom"), ollama.ResponseError),
        (Fault(kind=FaultKind.CUT), httpx.HTTPError),
        (Fault(kind=FaultKind.INVALID_JSON), ValueError),
        (Fault(kind=FaultKind.ERROR_LINE, message="boom"), ollama.ResponseError),
        (Fault(kind=FaultKind.STALL), httpx.ReadTimeout),
        (Fault(kind=FaultKind.HANG), httpx.ReadTimeout),
    ],
)
async def test_a_fault_hits_one_request_and_the_next_is_whole(
    server: httpx.AsyncClient, fault: Fault, error: type[Exception]
) -> None:
    client = ollama.AsyncClient(host=str(server.base_url), timeout=0.5)
    await client.chat(MODEL, [])
    await server.post("/simulator/faults", json={"faults": [fault.model_dump(mode="json")]})
    with pytest.raises((error, httpx.RemoteProtocolError) if error is ConnectionError else error):
        async for _ in await client.chat(MODEL, user("hello"), stream=True):
            pass
    whole = await client.chat(MODEL, user("hello"))
    assert whole.message.content == "Hello! How can I help you?"


async def test_scripts_can_be_set_while_running(server: httpx.AsyncClient, client: ollama.AsyncClient) -> None:
    scripts = [{"match": "colou?r", "text": "Blue.", "uses": 1}]
    assert (await server.post("/simulator/script", json={"scripts": scripts})).status_code == 204
    assert (await client.chat(MODEL, user("Which color?"))).message.content == "Blue."
    assert (await client.chat(MODEL, user("Which color?"))).message.content != "Blue."
    assert (await server.post("/simulator/script", json={"scripts": [{"match": "("}]})).status_code == 400
