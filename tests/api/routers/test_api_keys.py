"""API keys over HTTP: made, listed, revoked, replaced; each change noted."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest
from fastapi import FastAPI

from data.api_keys import Scope
from data.database import Database
from tests.api.keys import KEYS, every_key, issue_key, make_workspace
from tests.api.serving import app_client

AGENTS = "/v1/convai/agents"


async def _make(client: httpx.AsyncClient, **body: object) -> dict[str, str]:
    response = await client.post(KEYS, json={"name": "Console", **body})
    assert response.status_code == 200, response.text
    made: dict[str, str] = response.json()
    return made


async def _opens(app: FastAPI, secret: str) -> bool:
    async with app_client(app, key=secret) as client:
        return (await client.get(AGENTS)).status_code == 200


async def test_a_key_is_shown_whole_once(client: httpx.AsyncClient, app: FastAPI) -> None:
    response = await client.post(KEYS, json={"name": " Console ", "scopes": ["admin", "read"]})
    assert response.headers["cache-control"] == "no-store"
    made = response.json()
    secret = made.pop("api_key")
    assert secret.startswith(made["prefix"] + "_")
    assert (made["name"], made["scopes"], made["state"]) == ("Console", ["read", "admin"], "active")
    listed = await client.get(KEYS)
    assert secret not in listed.text
    assert listed.json() == {"api_keys": [made], "has_more": False, "next_cursor": None}
    assert await _opens(app, secret)


async def test_keys_come_in_pages(client: httpx.AsyncClient) -> None:
    made = [(await _make(client, name=f"k{number}"))["key_id"] for number in range(3)]
    first = (await client.get(KEYS, params={"page_size": 2})).json()
    rest = (await client.get(KEYS, params={"page_size": 2, "cursor": first["next_cursor"]})).json()
    assert [key["key_id"] for key in first["api_keys"] + rest["api_keys"]] == made[::-1]
    assert (first["has_more"], rest["has_more"]) == (True, False)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"name": ""}, 422),
        ({"name": "  "}, 422),
        ({"name": "x" * 101}, 422),
        ({"name": "x", "scopes": []}, 422),
        ({"name": "x", "scopes": ["root"]}, 422),
        ({"name": "x", "expires_at": "2030-01-01T00:00:00"}, 422),
        ({"name": "x", "expires_at": "2020-01-01T00:00:00Z"}, 400),
        ({"name": "x", "expires_at": "0001-01-01T00:00:00+14:00"}, 400),
        ({"name": "x", "expires_at": "9999-12-31T23:59:59-12:00"}, 400),
    ],
)
async def test_bad_keys_are_not_made(client: httpx.AsyncClient, body: dict[str, object], status: int) -> None:
    response = await client.post(KEYS, json=body)
    assert response.status_code == status
    if status == 400:
        assert response.json()["detail"]["code"] == "invalid_expiry"
    assert (await client.get(KEYS)).json()["api_keys"] == []


async def test_a_revoked_key_opens_nothing_any_more(client: httpx.AsyncClient, app: FastAPI) -> None:
    made = await _make(client)
    assert await _opens(app, made["api_key"])
    for _ in range(2):
        response = await client.delete(f"{KEYS}/{made['key_id']}")
        assert (response.status_code, response.json()) == (200, {})
    assert not await _opens(app, made["api_key"])
    assert (await every_key(client))[made["key_id"]]["state"] == "revoked"
    rotated = await client.post(f"{KEYS}/{made['key_id']}/rotate")
    assert (rotated.status_code, rotated.json()["detail"]["code"]) == (400, "api_key_not_active")


async def test_rotation_leaves_both_keys_good_for_the_overlap(client: httpx.AsyncClient, app: FastAPI) -> None:
    old = await _make(client, scopes=["read"])
    before = datetime.now(UTC)
    response = await client.post(f"{KEYS}/{old['key_id']}/rotate", json={"overlap_seconds": 3600})
    assert response.headers["cache-control"] == "no-store"
    new = response.json()
    assert (new["name"], new["scopes"], new["expires_at"]) == (old["name"], old["scopes"], None)
    assert new["api_key"] != old["api_key"]
    assert await _opens(app, old["api_key"])
    assert await _opens(app, new["api_key"])
    shown = (await every_key(client))[old["key_id"]]
    assert shown["replaced_by"] == new["key_id"]
    ends = datetime.fromisoformat(str(shown["expires_at"])) - before
    assert timedelta(seconds=3590) < ends < timedelta(seconds=3610)
    again = await client.post(f"{KEYS}/{old['key_id']}/rotate")
    assert (again.status_code, again.json()["detail"]["code"]) == (400, "api_key_not_active")


async def test_rotation_without_overlap_ends_the_old_key_at_once(client: httpx.AsyncClient, app: FastAPI) -> None:
    old = await _make(client)
    assert await _opens(app, old["api_key"])
    new = (await client.post(f"{KEYS}/{old['key_id']}/rotate", json={"overlap_seconds": 0})).json()
    assert not await _opens(app, old["api_key"])
    assert await _opens(app, new["api_key"])
    assert (await every_key(client))[old["key_id"]]["state"] == "expired"


async def test_a_replacement_lives_as_long_as_the_key_was_made_to(client: httpx.AsyncClient) -> None:
    expires_at = datetime.now(UTC) + timedelta(days=90)
    old = await _make(client, expires_at=expires_at.isoformat())
    new = (await client.post(f"{KEYS}/{old['key_id']}/rotate")).json()
    lifetime = datetime.fromisoformat(new["expires_at"]) - datetime.fromisoformat(new["created_at"])
    assert abs(lifetime - timedelta(days=90)) < timedelta(seconds=5)


async def test_a_key_can_replace_itself(app: FastAPI) -> None:
    key = await issue_key(app.state.services.database, Scope.ADMIN)
    async with app_client(app, key=key.secret) as client:
        new = (await client.post(f"{KEYS}/{key.key.key_id}/rotate", json={"overlap_seconds": 0})).json()
        assert (await client.get(KEYS)).status_code == 401
    assert await _opens(app, new["api_key"])


@pytest.mark.parametrize("key_id", ["key_nobody", "no%00key", "k" * 200])
async def test_unknown_keys_are_404(client: httpx.AsyncClient, key_id: str) -> None:
    for response in (await client.delete(f"{KEYS}/{key_id}"), await client.post(f"{KEYS}/{key_id}/rotate")):
        assert (response.status_code, response.json()["detail"]["code"]) == (404, "api_key_not_found")


async def test_no_workspace_manages_the_keys_of_another(client: httpx.AsyncClient, app: FastAPI) -> None:
    database: Database = app.state.services.database
    await make_workspace(database, "ws_other")
    theirs = await issue_key(database, Scope.ADMIN, workspace_id="ws_other")
    key_id = theirs.key.key_id
    assert await every_key(client) == {}
    assert (await client.delete(f"{KEYS}/{key_id}")).status_code == 404
    assert (await client.post(f"{KEYS}/{key_id}/rotate")).status_code == 404
    async with app_client(app, key=theirs.secret) as other:
        assert set(await every_key(other)) == {key_id}
