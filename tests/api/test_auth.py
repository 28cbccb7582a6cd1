"""Who is let in, and what the others are told."""

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from api.app import create_app
from api.auth import matches_any
from config.settings import Settings
from tests.api.serving import app_client

AGENTS = "/v1/convai/agents"


async def test_every_configured_key_is_good(app: FastAPI) -> None:
    for key in ("first-key", "second-key"):
        async with app_client(app, key=key) as client:
            assert (await client.get(AGENTS)).status_code == 200


@pytest.mark.parametrize(
    ("key", "status", "message"),
    [
        (None, "needs_authorization", "Neither authorization header nor xi-api-key received, please provide one."),
        ("wrong", "invalid_api_key", "Invalid API key"),
        ("second-key ", "invalid_api_key", "Invalid API key"),
    ],
)
async def test_a_missing_and_a_wrong_key_are_told_apart(
    app: FastAPI, key: str | None, status: str, message: str
) -> None:
    headers = {"xi-api-key": f"{key}x"} if key else {}
    async with app_client(app, key=None) as client:
        response = await client.get(AGENTS, headers=headers)
    assert response.status_code == 401
    assert response.json() == {
        "detail": {
            "type": "authentication_error",
            "code": "unauthorized",
            "status": status,
            "message": message,
            "request_id": response.headers["x-request-id"],
        }
    }


async def test_the_key_is_asked_for_before_the_body_is_judged(app: FastAPI) -> None:
    async with app_client(app, key=None) as client:
        assert (await client.post(AGENTS, json={"temperature": "hot"})).status_code == 401


@pytest.mark.parametrize(
    ("peer", "host", "headers", "status"),
    [
        ("127.0.0.1", "127.0.0.1", {}, 200),
        ("::1", "localhost", {}, 200),
        ("192.168.1.7", "127.0.0.1", {}, 401),
        ("127.0.0.1", "rebound.example", {}, 401),
        ("127.0.0.1", "127.0.0.1", {"x-forwarded-for": "203.0.113.7"}, 401),
        ("127.0.0.1", "127.0.0.1", {"forwarded": "for=203.0.113.7"}, 401),
    ],
)
async def test_without_keys_only_this_machine_is_served(
    settings: Settings, peer: str, host: str, headers: dict[str, str], status: int
) -> None:
    app = create_app(settings.model_copy(update={"api_keys": ()}))
    async with app.router.lifespan_context(app), app_client(app, key=None, peer=peer, host=host) as client:
        agents = await client.get(AGENTS, headers=headers)
        metrics = await client.get("/metrics", headers=headers)
    assert (agents.status_code, metrics.status_code) == (status, status)
    if status == 401:
        assert "API_KEYS" in agents.json()["detail"]["message"]


async def test_metrics_need_a_key_from_elsewhere(app: FastAPI) -> None:
    for key, peer, status in ((None, "10.0.0.1", 401), ("first-key", "10.0.0.1", 200), (None, "127.0.0.1", 200)):
        async with app_client(app, key=key, peer=peer) as client:
            assert (await client.get("/metrics")).status_code == status


async def test_health_is_open(app: FastAPI) -> None:
    async with app_client(app, key=None, peer="10.0.0.1") as client:
        response: httpx.Response = await client.get("/health/live")
    assert response.json() == {"status": "alive"}


def test_keys_are_compared_as_bytes() -> None:
    keys = (SecretStr("schlüssel"),)
    assert matches_any("schlüssel".encode().decode("latin-1"), keys)
    assert not matches_any("", keys)
    assert not matches_any("schlüsse", keys)
