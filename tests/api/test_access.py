"""How often a key may be used, and what becomes of those who try wrong ones."""

import asyncio

import httpx
import pytest
from fastapi import FastAPI

from api.access import FAILURES_PER_MINUTE, network_of
from api.app import create_app
from config.settings import Settings
from data.api_keys import Scope
from data.audit import AuditAction, AuditQuery
from data.database import Database
from data.repositories.audit_log import AuditLogRepository
from data.workspaces import DEFAULT_WORKSPACE_ID
from tests.api.keys import issue_key
from tests.api.serving import app_client

AGENTS = "/v1/convai/agents"
RANDOM_WRONG = "sdr_00000000_" + "0" * 52


async def _try(app: FastAPI, key: str | None, peer: str = "10.0.0.1") -> httpx.Response:
    async with app_client(app, key=key, peer=peer) as client:
        return await client.get(AGENTS)


async def _exhaust(app: FastAPI, peer: str = "10.0.0.1") -> httpx.Response:
    answers = [await _try(app, f"wrong-{number}", peer) for number in range(FAILURES_PER_MINUTE + 1)]
    assert [answer.status_code for answer in answers] == [401] * FAILURES_PER_MINUTE + [429]
    return answers[-1]


async def test_guessing_is_slowed_down_and_told_for_how_long(app: FastAPI) -> None:
    answer = await _exhaust(app)
    detail = answer.json()["detail"]
    assert (detail["type"], detail["code"]) == ("rate_limit_error", "too_many_failed_attempts")
    assert 1 <= int(answer.headers["retry-after"]) <= 6
    # Not even the right guess helps now.
    assert (await _try(app, "first-key")).status_code == 429
    assert (await _try(app, RANDOM_WRONG)).status_code == 429


async def test_good_clients_at_the_same_address_go_on(app: FastAPI) -> None:
    key = (await issue_key(app.state.services.database, Scope.READ)).secret
    assert (await _try(app, "first-key")).status_code == 200
    await _exhaust(app)
    assert (await _try(app, "first-key")).status_code == 200
    assert (await _try(app, key)).status_code == 200


async def test_other_addresses_are_not_concerned(app: FastAPI) -> None:
    await _exhaust(app)
    assert (await _try(app, "second-key", "10.0.0.2")).status_code == 200
    assert (await _try(app, "wrong", "10.0.0.2")).status_code == 401


async def test_a_missing_key_is_no_guess(app: FastAPI) -> None:
    answers = [await _try(app, None) for _ in range(2 * FAILURES_PER_MINUTE)]
    assert {answer.status_code for answer in answers} == {401}
    assert (await _try(app, "wrong")).status_code == 401


async def test_good_requests_use_nothing_up(app: FastAPI) -> None:
    for _ in range(3 * FAILURES_PER_MINUTE):
        assert (await _try(app, "first-key")).status_code == 200
    await _exhaust(app)


@pytest.mark.parametrize(
    ("host", "counted_as"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("testclient", "unknown"),
        (None, "unknown"),
    ],
)
def test_one_client_counts_once_however_many_addresses_it_has(host: str | None, counted_as: str) -> None:
    assert network_of(host) == counted_as


async def test_each_key_has_so_many_requests_a_minute(settings: Settings) -> None:
    app = create_app(settings.model_copy(update={"rate_limit_per_minute": 5}))
    async with app.router.lifespan_context(app):
        key = (await issue_key(app.state.services.database, Scope.READ)).secret
        for secret in (key, "first-key", "second-key"):
            answers = await asyncio.gather(*(_try(app, secret) for _ in range(7)))
            assert sorted(answer.status_code for answer in answers) == [200] * 5 + [429] * 2
        refused = await _try(app, key, "10.9.9.9")
        async with app_client(app, key=None) as client:
            assert (await client.get("/health/live")).status_code == 200
    detail = refused.json()["detail"]
    assert (refused.status_code, detail["type"], detail["code"]) == (429, "rate_limit_error", "rate_limited")
    assert 1 <= int(refused.headers["retry-after"]) <= 12


async def test_no_limit_is_a_limit_of_zero(settings: Settings) -> None:
    app = create_app(settings.model_copy(update={"rate_limit_per_minute": 0}))
    async with app.router.lifespan_context(app), app_client(app) as client:
        for _ in range(700):
            assert (await client.get("/v1/convai/agents?page_size=1")).status_code == 200


async def test_denied_requests_are_noted_and_soon_refused_unnoted(app: FastAPI) -> None:
    database: Database = app.state.services.database
    key = await issue_key(database, Scope.WRITE)
    async with app_client(app, key=key.secret) as client:
        answers = [await client.delete("/v1/workspace/api-keys/key_1") for _ in range(FAILURES_PER_MINUTE + 3)]
        assert (await client.get(AGENTS)).status_code == 200
    assert [answer.status_code for answer in answers] == [403] * FAILURES_PER_MINUTE + [429] * 3
    assert answers[-1].json()["detail"]["code"] == "too_many_denied_requests"
    query = AuditQuery(action=AuditAction.ACCESS_DENIED, page_size=100)
    async with database.read() as session:
        entries = (await AuditLogRepository(session).list(DEFAULT_WORKSPACE_ID, query)).items
    assert len(entries) == FAILURES_PER_MINUTE
    assert {(entry.actor, entry.outcome, entry.target_id) for entry in entries} == {
        (key.key.key_id, "denied", "DELETE /v1/workspace/api-keys/{key_id}")
    }
    assert entries[-1].request_id == answers[0].headers["x-request-id"]
