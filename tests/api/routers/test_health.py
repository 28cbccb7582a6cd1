"""Health over HTTP: what is checked, what it says, and which status that is."""

import asyncio
import gc
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from api.app import create_app
from api.health_checks import HealthStatus, unhealthy
from api.server import listening_socket, serve
from api.state import AppState
from api.vendor_checks import standard_checks
from config.settings import Settings
from data.database import Database
from tests.api.runtimes import FixedCalls, IdleRuntime
from tests.api.serving import app_client


async def test_a_server_without_vendors_is_degraded_and_says_why(client: httpx.AsyncClient) -> None:
    response = await client.get("/health")
    body = response.json()
    assert (response.status_code, body["status"]) == (200, "degraded")
    assert set(body["checks"]) == {"database", "chroma", "deepgram", "ollama", "twilio", "active_calls"}
    assert body["checks"]["database"] == {"status": "healthy"}
    assert body["checks"]["deepgram"]["reason"] == "DEEPGRAM_API_KEY is not set"
    assert "OLLAMA_HOST" in body["checks"]["ollama"]["reason"]


async def test_a_process_without_a_call_side_is_not_ready(client: httpx.AsyncClient) -> None:
    response = await client.get("/health/ready")
    assert (response.status_code, response.json()["ready"]) == (503, False)


async def test_the_call_side_replaces_checks_and_is_counted(settings: Settings) -> None:
    app = create_app(settings, runtime=IdleRuntime(running=3))
    async with app.router.lifespan_context(app), app_client(app) as client:
        checks = (await client.get("/health")).json()["checks"]
        ready = await client.get("/health/ready")
        metrics = (await client.get("/metrics")).text
    assert checks["active_calls"] == {"status": "healthy", "count": 3}
    assert checks["ollama"] == {"status": "healthy"}
    assert (ready.status_code, ready.json()) == (200, {"ready": True})
    assert "phone_agent_active_calls 3.0" in metrics


async def test_unhealthy_is_503(settings: Settings) -> None:
    app = create_app(settings, runtime=IdleRuntime(ollama=unhealthy("broken")))
    async with app.router.lifespan_context(app), app_client(app) as client:
        health = await client.get("/health")
        ready = await client.get("/health/ready")
    assert (health.status_code, health.json()["status"]) == (503, "unhealthy")
    assert (ready.status_code, ready.json()["ready"]) == (503, False)


async def test_a_lost_database_is_unhealthy(app: FastAPI, client: httpx.AsyncClient, settings: Settings) -> None:
    class Lost(Database):
        async def check(self) -> None:
            raise OSError("gone")

    lost = Lost(settings.database_url)
    checks = standard_checks(settings, lost, FixedCalls(3), client)
    with pytest.raises(OSError, match="gone"):
        await checks["database"]()
    await lost.close()


def _vendor(status: int, body: object) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.MockTransport(lambda _: httpx.Response(status, json=body)))


@pytest.mark.parametrize(
    ("name", "status", "body", "expected"),
    [
        ("deepgram", 200, {}, None),
        ("deepgram", 401, {}, "check DEEPGRAM_API_KEY"),
        ("deepgram", 500, {}, "answered 500"),
        ("chroma", 200, {}, None),
        ("chroma", 503, {}, "answered 503"),
        ("ollama", 200, {"models": [{"name": "llama3.1:8b"}]}, None),
        ("ollama", 200, {"models": []}, "ollama pull llama3.1:8b"),
        ("ollama", 200, [], "not Ollama"),
        ("ollama", 401, {}, "check OLLAMA_API_KEY"),
        ("ollama", 403, {}, "check OLLAMA_API_KEY"),
        ("ollama", 500, {}, "does not answer"),
    ],
)
async def test_what_vendors_answer(
    settings: Settings, name: str, status: int, body: object, expected: str | None
) -> None:
    known = settings.model_copy(update={"deepgram_api_key": SecretStr("k"), "chroma_url": "http://chroma:8000"})
    database = Database(settings.database_url)
    async with _vendor(status, body) as client:
        result = await standard_checks(known, database, FixedCalls(3), client)[name]()
    await database.close()
    if expected is None:
        assert result.status is HealthStatus.HEALTHY
    else:
        assert result.status is HealthStatus.DEGRADED
        assert expected in (result.reason or "")


async def test_the_key_goes_to_ollama(settings: Settings) -> None:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, json={"models": [{"name": settings.ollama_model}]})

    keyed = settings.model_copy(update={"ollama_api_key": SecretStr("a-key")})
    database = Database(settings.database_url)
    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
        await standard_checks(keyed, database, FixedCalls(3), client)["ollama"]()
    await database.close()
    assert [request.headers["authorization"] for request in asked] == ["Bearer a-key"]


async def test_nobody_is_told_ready_before_everything_is_warm(settings: Settings) -> None:
    opening, warm = asyncio.Event(), asyncio.Event()

    @asynccontextmanager
    async def open_runtime(*_: object) -> AsyncIterator[IdleRuntime]:
        opening.set()
        await warm.wait()
        yield IdleRuntime()

    async def on_ready(_: AppState) -> None:
        return None

    with listening_socket("127.0.0.1", 0) as listener:
        path = f"http://127.0.0.1:{listener.getsockname()[1]}/health/ready"
        serving = asyncio.ensure_future(serve(settings, listener, on_ready, None, open_runtime))
        async with httpx.AsyncClient(trust_env=False) as client, asyncio.timeout(20):
            await opening.wait()
            with pytest.raises(httpx.ConnectError):
                await client.get(path)
            warm.set()
            ready = await _first_answer(client, path)
            # It answers, so it handles signals: this one is not for the tests.
            signal.raise_signal(signal.SIGTERM)
            await serving
    gc.unfreeze()
    assert (ready.status_code, ready.json()) == (200, {"ready": True})


async def _first_answer(client: httpx.AsyncClient, path: str) -> httpx.Response:
    while True:
        try:
            return await client.get(path)
        except httpx.ConnectError:
            await asyncio.sleep(0.01)
