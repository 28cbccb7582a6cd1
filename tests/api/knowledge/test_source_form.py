"""The older form adds a file or a page, and refuses whatever is neither."""

from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Route

from data.api_keys import Scope
from simulator.hosting import serve_app
from tests.api.keys import issue_key
from tests.api.knowledge.test_documents import BASE, PRICES, ask
from tests.api.serving import app_client

FILE: Any = {"file": ("prices.md", PRICES.encode())}


async def test_a_file_is_added_and_may_answer_at_once(client: httpx.AsyncClient, agent_id: str) -> None:
    created = await client.post(BASE, files=FILE, data={"name": "List"}, params={"agent_id": agent_id})
    assert created.status_code == 200, created.text
    assert created.json()["name"] == "List"
    answer = await ask(client, agent_id, "What does the battery cost?", top_k=1)
    assert answer["chunks"][0]["document_id"] == created.json()["id"]
    again = await client.post(f"{BASE}/file", files=FILE)
    assert again.json()["id"] == created.json()["id"]
    log = (await client.get("/v1/workspace/audit-log", params={"target_id": again.json()["id"]})).json()["entries"]
    assert [entry["action"] for entry in log] == ["document.created"]


@pytest.mark.parametrize("as_parts", [True, False])
async def test_a_page_is_added(client: httpx.AsyncClient, agent_id: str, as_parts: bool) -> None:
    page = Route("/", lambda _: HTMLResponse("<h1>Rates</h1><p>The tower room costs 212 euros.</p>"))
    async with serve_app(Starlette(routes=[page])) as url:
        fields = {"url": url, "agent_id": agent_id}
        body: Any = (
            {"files": {name: (None, value) for name, value in fields.items()}} if as_parts else {"data": fields}
        )
        created = await client.post(BASE, **body)
    assert created.status_code == 200, created.text
    shown = (await client.get(f"{BASE}/{created.json()['id']}")).json()
    assert (shown["name"], shown["type"]) == ("Rates", "url")
    [reference] = (await client.get(f"/v1/convai/agents/{agent_id}")).json()["knowledge_base"]
    assert reference["id"] == created.json()["id"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "file"),
        ({"data": {"name": "x"}}, "file"),
        ({"data": {"url": ""}}, "file"),
        ({"data": {"file": "a text"}}, "file"),
        ({"json": {"url": "http://127.0.0.1:9/"}}, "file"),
        ({"files": FILE, "data": {"url": "http://127.0.0.1:9/"}}, "url"),
        ({"data": {"url": "x" * 4_001}}, "url"),
        ({"files": FILE, "data": {"name": "x" * 501}}, "name"),
        ({"data": {"url": "http://127.0.0.1:9/\x00"}}, "file"),
    ],
)
async def test_what_is_no_source_is_422(client: httpx.AsyncClient, body: dict[str, Any], field: str) -> None:
    refused = await client.post(BASE, **body)
    assert (refused.status_code, refused.json()["detail"][0]["loc"]) == (422, ["body", field])
    assert (await client.get(BASE)).json()["documents"] == []


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"data": {"url": "ftp://127.0.0.1/"}}, 400, "invalid_url"),
        ({"data": {"url": "file:///etc/passwd"}}, 400, "invalid_url"),
        ({"data": {"url": "http://127.0.0.1:9/"}}, 400, "url_unreachable"),
        ({"files": {"file": ("a.txt", b"x" * 2_100_000)}}, 400, "document_too_large"),
        ({"files": FILE, "data": {"agent_id": "agent_none"}}, 404, "agent_not_found"),
        ({"files": FILE, "params": {"agent_id": "agent_none"}}, 404, "agent_not_found"),
    ],
)
async def test_what_cannot_be_used_is_refused(
    client: httpx.AsyncClient, body: dict[str, Any], status: int, code: str
) -> None:
    refused = await client.post(BASE, **body)
    assert (refused.status_code, refused.json()["detail"]["code"]) == (status, code)
    assert (await client.get(BASE)).json()["documents"] == []


async def test_a_key_that_only_reads_adds_nothing(client: httpx.AsyncClient, app: FastAPI) -> None:
    reader = (await issue_key(app.state.services.database, Scope.READ)).secret
    async with app_client(app, key=reader) as other:
        assert (await other.post(BASE, files=FILE)).status_code == 403
