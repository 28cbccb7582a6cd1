import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from cli.demo_vendors import open_vendors, vendor_delays, written_replies
from cli.simulated_ollama import serve_simulated_ollama
from config.settings import Settings
from simulator.deepgram.app import create_app
from simulator.hosting import serve_app
from tests.locked_app import LockedApp

NOWHERE = "http://127.0.0.1:9"


def make_settings(**values: object) -> Settings:
    return Settings.model_validate({"ollama_host": NOWHERE, "deepgram_api_key": None, **values})


def real_ollama(*models: str) -> Starlette:
    """As much of an Ollama as is asked; it has no simulator's pages."""

    async def tags(_: Request) -> JSONResponse:
        return JSONResponse({"models": [{"name": name} for name in models]})

    return Starlette(routes=[Route("/api/tags", tags)])


async def test_without_key_and_server_both_are_simulated() -> None:
    async with open_vendors(make_settings(ollama_model="my-model:7b")) as vendors:
        assert not vendors.deepgram.real
        assert not vendors.ollama.real
        assert vendors.predictable
        assert "DEEPGRAM_API_KEY is not set" in str(vendors.deepgram.line)
        assert NOWHERE in str(vendors.ollama.line)
        async with httpx.AsyncClient(trust_env=False) as http:
            tags = (await http.get(f"{vendors.ollama.url}/api/tags")).json()
            assert "my-model:7b" in {model["name"] for model in tags["models"]}
            chat = {"model": "my-model:7b", "messages": [{"role": "user", "content": "Hello"}], "stream": False}
            said = (await http.post(f"{vendors.ollama.url}/api/chat", json=chat)).json()["message"]["content"]
        assert await written_replies(vendors.ollama.url) == (said,)


async def test_a_key_and_a_server_with_the_model_are_used() -> None:
    async with serve_app(real_ollama("llama3.1:8b")) as url:
        settings = make_settings(ollama_host=url, deepgram_api_key="a-key")
        async with open_vendors(settings) as vendors:
            assert vendors.ollama.real
            assert vendors.ollama.url == url
            assert vendors.deepgram.real
            assert vendors.deepgram_key == "a-key"
            assert not vendors.predictable


async def test_a_server_without_the_model_is_not_used_and_the_screen_says_why() -> None:
    async with (
        serve_app(real_ollama("mistral:latest")) as url,
        open_vendors(make_settings(ollama_host=url)) as vendors,
    ):
        assert not vendors.ollama.real
        assert "ollama pull llama3.1:8b" in vendors.ollama.detail


async def test_a_server_that_wants_a_key_is_used_with_it_and_without_it_the_screen_says_why() -> None:
    async with serve_app(LockedApp(real_ollama("llama3.1:8b"), "a-key")) as url:
        async with open_vendors(make_settings(ollama_host=url, ollama_api_key="a-key")) as vendors:
            assert vendors.ollama.real
        async with open_vendors(make_settings(ollama_host=url, ollama_api_key="another")) as vendors:
            assert not vendors.ollama.real
            assert "answered 401; check OLLAMA_API_KEY" in vendors.ollama.detail


async def test_a_simulator_is_never_called_real() -> None:
    async with serve_simulated_ollama("llama3.1:8b") as ollama, serve_app(create_app()) as deepgram:
        settings = make_settings(ollama_host=ollama, deepgram_base_url=deepgram, deepgram_api_key="a-key")
        async with open_vendors(settings) as vendors:
            assert not vendors.ollama.real
            assert not vendors.deepgram.real
            assert (vendors.ollama.url, vendors.deepgram.url) == (ollama, deepgram)


def test_the_delays_are_those_of_the_simulator() -> None:
    assert vendor_delays() == {"stt_ms": 150.0, "llm_first_token_ms": 200.0, "tts_first_byte_ms": 150.0}
