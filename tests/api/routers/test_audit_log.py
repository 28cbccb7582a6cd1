"""What is noted of what clients do, and who may read it."""

import httpx
import pytest
from fastapi import FastAPI

from api.audit_trail import AuditTrail
from data.api_keys import Scope
from data.database import Database
from tests.api.keys import KEYS, issue_key, make_workspace
from tests.api.records import call_sid, store_conversation
from tests.api.serving import app_client

AGENTS = "/v1/convai/agents"
LOG = "/v1/workspace/audit-log"


async def _entries(client: httpx.AsyncClient, **query: str) -> list[dict[str, str]]:
    response = await client.get(LOG, params={"page_size": "100", **query})
    assert response.status_code == 200, response.text
    entries: list[dict[str, str]] = response.json()["entries"]
    return entries


async def test_every_write_leaves_an_entry(client: httpx.AsyncClient, app: FastAPI) -> None:
    conversation_id = await store_conversation(app.state.services)
    created = await client.post(AGENTS, json={"name": "Secret name", "system_prompt": "Secret prompt"})
    agent_id = created.json()["agent_id"]
    nested = (await client.post(f"{AGENTS}/create", json={"conversation_config": {}})).json()["agent_id"]
    await client.patch(f"{AGENTS}/{agent_id}", json={"temperature": 0.9})
    await client.patch(f"{AGENTS}/{agent_id}", json={"temperature": 0.9})  # changes nothing
    copy = (await client.post(f"{AGENTS}/{agent_id}/duplicate")).json()["agent_id"]
    await client.delete(f"{AGENTS}/{agent_id}")
    await client.delete(f"/v1/convai/conversations/{call_sid(1)}")
    key = (await client.post(KEYS, json={"name": "Secret key name"})).json()
    heir = (await client.post(f"{KEYS}/{key['key_id']}/rotate")).json()
    await client.delete(f"{KEYS}/{heir['key_id']}")
    await client.delete(f"{KEYS}/{heir['key_id']}")  # again
    workspace = (await client.post("/v1/workspaces", json={"name": "Branch"})).json()

    entries = await _entries(client)
    assert [(entry["action"], entry["target_type"], entry["target_id"]) for entry in reversed(entries)] == [
        ("agent.created", "agent", agent_id),
        ("agent.created", "agent", nested),
        ("agent.updated", "agent", agent_id),
        ("agent.created", "agent", copy),
        ("agent.deleted", "agent", agent_id),
        ("conversation.deleted", "conversation", conversation_id),
        ("api_key.created", "api_key", key["key_id"]),
        ("api_key.created", "api_key", heir["key_id"]),
        ("api_key.rotated", "api_key", key["key_id"]),
        ("api_key.revoked", "api_key", heir["key_id"]),
        ("workspace.created", "workspace", workspace["workspace_id"]),
    ]
    assert {(entry["actor"], entry["outcome"]) for entry in entries} == {("settings", "success")}
    assert entries[-1]["request_id"] == created.headers["x-request-id"]
    assert "Secret" not in (await client.get(LOG)).text


async def test_what_failed_leaves_no_entry(client: httpx.AsyncClient) -> None:
    assert (await client.post(AGENTS, json={"name": "x"})).status_code == 422
    assert (await client.delete(f"{AGENTS}/agent_x")).status_code == 404
    agent_id = (await client.post(AGENTS, json={"name": "x", "system_prompt": "y"})).json()["agent_id"]
    stale = await client.delete(f"{AGENTS}/{agent_id}", headers={"If-Match": '"x"'})
    assert stale.status_code == 412
    assert [entry["action"] for entry in await _entries(client)] == ["agent.created"]


async def test_what_cannot_be_noted_does_not_happen(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object, **__: object) -> None:
        raise OSError("the log is full")

    monkeypatch.setattr(AuditTrail, "note", fail)
    assert (await client.post(AGENTS, json={"name": "x", "system_prompt": "y"})).status_code == 500
    assert (await client.get(AGENTS)).json()["agents"] == []


async def test_entries_can_be_filtered_and_paged(client: httpx.AsyncClient, app: FastAPI) -> None:
    key = await issue_key(app.state.services.database, Scope.WRITE)
    async with app_client(app, key=key.secret) as writer:
        agent_id = (await writer.post(AGENTS, json={"name": "x", "system_prompt": "y"})).json()["agent_id"]
        assert (await writer.get(LOG)).status_code == 403
    assert [entry["action"] for entry in await _entries(client)] == [
        "access.denied",
        "agent.created",
        "api_key.created",
    ]
    assert len(await _entries(client, actor=key.key.key_id)) == 2
    assert len(await _entries(client, action="access.denied")) == 1
    assert len(await _entries(client, target_id=agent_id)) == 1
    first = (await client.get(LOG, params={"page_size": 2})).json()
    rest = (await client.get(LOG, params={"page_size": 2, "cursor": first["next_cursor"]})).json()
    assert [entry["action"] for entry in rest["entries"]] == ["api_key.created"]
    assert (await client.get(LOG, params={"action": "nonsense"})).status_code == 422


async def test_each_workspace_has_its_own_log(client: httpx.AsyncClient, app: FastAPI) -> None:
    database: Database = app.state.services.database
    await make_workspace(database, "ws_other")
    theirs = await issue_key(database, Scope.ADMIN, workspace_id="ws_other")
    await client.post(AGENTS, json={"name": "x", "system_prompt": "y"})
    async with app_client(app, key=theirs.secret) as other:
        assert [entry["action"] for entry in await _entries(other)] == ["api_key.created"]
    assert [entry["action"] for entry in await _entries(client)] == ["agent.created"]
