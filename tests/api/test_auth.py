"""Who is let in, what they may do, and what the others are told."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from api.app import create_app
from api.key_service import IssuedKey, KeyService, NewKey
from config.settings import Settings, load_settings
from data.api_keys import Scope
from data.database import Database
from data.repositories.api_key import ApiKeyRepository
from tests.api.keys import every_key, issue_key, make_workspace, trail_of
from tests.api.serving import app_client

AGENTS = "/v1/convai/agents"
KEYS = "/v1/workspace/api-keys"
AGENT = {"name": "A", "system_prompt": "P"}


async def _status(app: FastAPI, key: str, method: str = "GET", path: str = AGENTS) -> int:
    async with app_client(app, key=key) as client:
        return (await client.request(method, path, json=AGENT if method == "POST" else None)).status_code


# --- keys -------------------------------------------------------------------------------------------------


async def test_every_configured_key_is_good_for_everything(app: FastAPI) -> None:
    for key in ("first-key", "second-key"):
        assert await _status(app, key) == 200
        assert await _status(app, key, "POST") == 200
        assert await _status(app, key, path=KEYS) == 200


@pytest.mark.parametrize(
    ("key", "status", "message"),
    [
        (None, "needs_authorization", "Neither authorization header nor xi-api-key received, please provide one."),
        ("wrong", "invalid_api_key", "Invalid API key"),
        ("second-key ", "invalid_api_key", "Invalid API key"),
        ("sdr_00000000_" + "0" * 52, "invalid_api_key", "Invalid API key"),
    ],
)
async def test_a_missing_and_a_wrong_key_are_told_apart(
    app: FastAPI, key: str | None, status: str, message: str
) -> None:
    headers = {"xi-api-key": f"{key}x" if key and not key.startswith("sdr") else key} if key else {}
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


async def test_keys_of_the_settings_are_compared_as_bytes(settings: Settings) -> None:
    app = create_app(settings.model_copy(update={"api_keys": Settings(API_KEYS="schlüssel").api_keys}))
    async with app.router.lifespan_context(app), app_client(app, key=None) as client:
        good = await client.get(AGENTS, headers={b"xi-api-key": "schlüssel".encode()})
        bad = await client.get(AGENTS, headers={b"xi-api-key": "schlüsse".encode()})
    assert (good.status_code, bad.status_code) == (200, 401)


async def test_keys_may_come_from_a_file(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "secrets"
    folder.mkdir()
    (folder / "api_keys").write_text("from-a-file, another\n")
    monkeypatch.setenv("SECRETS_DIR", str(folder))
    read = load_settings(None)
    assert "from-a-file" not in repr(read)
    assert "from-a-file" in read.secret_values()
    app = create_app(settings.model_copy(update={"api_keys": read.api_keys}))
    async with app.router.lifespan_context(app):
        assert await _status(app, "from-a-file") == await _status(app, "another") == 200
        assert await _status(app, "first-key") == 401


async def test_without_any_key_nobody_gets_in_not_even_from_here(settings: Settings) -> None:
    app = create_app(settings.model_copy(update={"api_keys": ()}))
    async with app.router.lifespan_context(app), app_client(app, key=None) as client:
        assert (await client.get(AGENTS)).status_code == 401
        assert (await client.get("/metrics")).status_code == 200


# --- keys of the database ---------------------------------------------------------------------------------


async def test_a_key_of_the_database_opens_its_own_workspace(app: FastAPI) -> None:
    database: Database = app.state.services.database
    await make_workspace(database, "ws_other")
    ours = await issue_key(database, Scope.WRITE)
    theirs = await issue_key(database, Scope.WRITE, workspace_id="ws_other")
    async with app_client(app, key=ours.secret) as client:
        agent_id = (await client.post(AGENTS, json=AGENT)).json()["agent_id"]
        assert len((await client.get(AGENTS)).json()["agents"]) == 1
    async with app_client(app, key=theirs.secret) as client:
        assert (await client.get(AGENTS)).json()["agents"] == []
        for method in ("GET", "PATCH", "DELETE"):
            response = await client.request(method, f"{AGENTS}/{agent_id}", json={})
            assert (response.status_code, response.json()["detail"]["code"]) == (404, "agent_not_found")


@pytest.mark.parametrize(
    ("scope", "reads", "writes", "administers"),
    [(Scope.READ, 200, 403, 403), (Scope.WRITE, 200, 200, 403), (Scope.ADMIN, 200, 200, 200)],
)
async def test_a_key_may_do_what_its_scopes_say(
    app: FastAPI, scope: Scope, reads: int, writes: int, administers: int
) -> None:
    key = await issue_key(app.state.services.database, scope)
    async with app_client(app, key=key.secret) as client:
        assert (await client.get(AGENTS)).status_code == reads
        assert (await client.post(AGENTS, json=AGENT)).status_code == writes
        denied = await client.get(KEYS)
    assert denied.status_code == administers
    if administers == 403:
        detail = denied.json()["detail"]
        assert (detail["type"], detail["code"]) == ("authorization_error", "missing_scope")
        assert "`admin`" in detail["message"]


async def test_scopes_are_asked_for_before_the_body_is_judged(app: FastAPI) -> None:
    key = await issue_key(app.state.services.database, Scope.READ)
    async with app_client(app, key=key.secret) as client:
        assert (await client.post(AGENTS, json={"temperature": "hot"})).status_code == 403
        assert (await client.post(KEYS, json={})).status_code == 403


async def test_an_expired_key_is_refused_and_told_so(app: FastAPI) -> None:
    key = await issue_key(app.state.services.database, Scope.READ, ends_in=timedelta(milliseconds=300))
    assert await _status(app, key.secret) == 200
    await asyncio.sleep(0.35)  # by the real clock, as the key says
    async with app_client(app, key=key.secret) as client:
        response = await client.get(AGENTS)
    assert (response.status_code, response.json()["detail"]["status"]) == (401, "invalid_api_key")
    assert "expired" in response.json()["detail"]["message"]


async def test_a_key_revoked_here_is_refused_at_once(app: FastAPI, client: httpx.AsyncClient) -> None:
    key = await issue_key(app.state.services.database, Scope.READ)
    assert await _status(app, key.secret) == 200
    assert (await client.delete(f"{KEYS}/{key.key.key_id}")).status_code == 200
    assert await _status(app, key.secret) == 401


async def test_a_request_costs_no_query_while_the_key_is_remembered(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = await issue_key(app.state.services.database, Scope.READ)
    asked: list[str] = []
    find = ApiKeyRepository.find

    async def counted(self: ApiKeyRepository, secret: str) -> object:
        asked.append(secret)
        return await find(self, secret)

    monkeypatch.setattr(ApiKeyRepository, "find", counted)
    for _ in range(5):
        assert await _status(app, key.secret) == 200
    assert len(asked) == 1


async def test_the_last_use_is_noted(app: FastAPI, client: httpx.AsyncClient) -> None:
    database: Database = app.state.services.database
    key = await issue_key(database, Scope.READ)
    before = datetime.now(UTC)
    await _status(app, key.secret)
    async with asyncio.timeout(5):
        while (shown := (await every_key(client))[key.key.key_id])["last_used_at"] is None:  # noqa: ASYNC110
            await asyncio.sleep(0.01)  # it is written by a task of its own
    assert before <= datetime.fromisoformat(str(shown["last_used_at"])) <= datetime.now(UTC)


# --- metrics and health -----------------------------------------------------------------------------------


async def test_metrics_need_a_key_from_elsewhere(app: FastAPI) -> None:
    key = (await issue_key(app.state.services.database, Scope.READ)).secret
    cases: tuple[tuple[str | None, str, str, dict[str, str], int], ...] = (
        (None, "10.0.0.1", "10.0.0.2", {}, 401),
        ("first-key", "10.0.0.1", "10.0.0.2", {}, 200),
        (key, "10.0.0.1", "10.0.0.2", {}, 200),
        (None, "127.0.0.1", "127.0.0.1", {}, 200),
        (None, "::1", "localhost", {}, 200),
        (None, "127.0.0.1", "rebound.example", {}, 401),
        (None, "127.0.0.1", "127.0.0.1", {"x-forwarded-for": "203.0.113.7"}, 401),
        (None, "127.0.0.1", "127.0.0.1", {"forwarded": "for=203.0.113.7"}, 401),
    )
    for given, peer, host, headers, status in cases:
        async with app_client(app, key=given, peer=peer, host=host) as client:
            assert (await client.get("/metrics", headers=headers)).status_code == status, (peer, host)


async def test_health_is_open(app: FastAPI) -> None:
    async with app_client(app, key=None, peer="10.0.0.1") as client:
        response = await client.get("/health/live")
    assert response.json() == {"status": "alive"}


async def test_nothing_that_holds_a_secret_prints_it(app: FastAPI) -> None:
    database: Database = app.state.services.database
    issued: IssuedKey = await KeyService(database, trail_of()).create(NewKey("x", frozenset({Scope.READ})))
    assert issued.secret not in repr(issued)
    assert issued.secret not in str(issued)
