"""Documents over REST, from the upload to the answer and out again."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Route

from simulator.hosting import serve_app
from tests.api.serving import app_client
from tests.data.knowledge.files import Line, write_pdf

BASE = "/v1/convai/knowledge-base"
PRICES = "# Prices\n\nThe battery costs 9,850 dollars.\n\n# Hours\n\nWe open at eight."


async def add(client: httpx.AsyncClient, text: str = PRICES, **more: str) -> str:
    created = await client.post(f"{BASE}/text", json={"text": text, **more})
    assert created.status_code == 200, created.text
    return str(created.json()["id"])


async def attach(
    client: httpx.AsyncClient, agent_id: str, *document_ids: str, usage: str = "auto"
) -> httpx.Response:
    references = [{"id": one, "name": "x", "type": "text", "usage_mode": usage} for one in document_ids]
    return await client.patch(f"/v1/convai/agents/{agent_id}", json={"knowledge_base": references})


async def ask(client: httpx.AsyncClient, agent_id: str, question: str, **more: Any) -> dict[str, Any]:
    url = f"/v1/convai/agents/{agent_id}/knowledge-base/query"
    # A loaded machine may miss a call's deadline; that is not what is asked here.
    for _ in range(20):
        answer: dict[str, Any] = (await client.post(url, json={"text": question, **more})).json()
        if not answer["timed_out"]:
            return answer
        await asyncio.sleep(0.1)
    raise AssertionError("the query ran out of time again and again")


async def test_an_attached_document_answers_and_a_detached_one_does_not(
    client: httpx.AsyncClient, agent_id: str
) -> None:
    document = await add(client)
    assert (await ask(client, agent_id, "What does the battery cost?"))["chunks"] == []
    assert (await attach(client, agent_id, document)).status_code == 200
    answer = await ask(client, agent_id, "What does the battery cost?", top_k=1)
    assert answer["answerable"]
    [chunk] = answer["chunks"]
    assert "9,850" in chunk["content"]
    assert (chunk["document_id"], chunk["title"]) == (document, "Prices")
    await attach(client, agent_id)
    assert (await ask(client, agent_id, "What does the battery cost?"))["chunks"] == []


async def test_a_document_that_is_not_there_cannot_be_attached(client: httpx.AsyncClient, agent_id: str) -> None:
    refused = await attach(client, agent_id, "doc_none")
    assert (refused.status_code, refused.json()["detail"]["code"]) == (400, "document_not_found")


async def test_a_document_in_use_is_deleted_only_by_force(client: httpx.AsyncClient, agent_id: str) -> None:
    document = await add(client)
    await attach(client, agent_id, document)
    refused = await client.delete(f"{BASE}/{document}")
    assert (refused.status_code, refused.json()["detail"]["code"]) == (400, "document_in_use")
    [dependent] = (await client.get(f"{BASE}/{document}/dependent-agents")).json()["agents"]
    assert (dependent["type"], dependent["id"]) == ("available", agent_id)
    assert (await client.delete(f"{BASE}/{document}", params={"force": "true"})).json() == {}
    assert (await ask(client, agent_id, "What does the battery cost?"))["chunks"] == []
    assert (await client.get(f"{BASE}/{document}")).status_code == 404
    assert (await client.get(f"/v1/convai/agents/{agent_id}")).json()["knowledge_base"] == []


async def test_a_document_is_listed_shown_renamed_and_rewritten(client: httpx.AsyncClient, agent_id: str) -> None:
    document = await add(client, name="Price list")
    assert await add(client) == document
    await attach(client, agent_id, document)
    [listed] = (await client.get(BASE, params={"search": "price", "types": "text"})).json()["documents"]
    assert (listed["id"], listed["type"], [one["id"] for one in listed["dependent_agents"]]) == (
        document,
        "text",
        [agent_id],
    )
    assert (await client.get(BASE, params={"types": "url"})).json()["documents"] == []
    renamed = (await client.patch(f"{BASE}/{document}", json={"name": "Tariff"})).json()
    assert (renamed["name"], renamed["extracted_inner_html"]) == ("Tariff", PRICES)
    changed = await client.patch(f"{BASE}/{document}", json={"content": PRICES.replace("9,850", "7,000")})
    assert changed.json()["name"] == "Tariff"
    assert "7,000" in (await ask(client, agent_id, "What does the battery cost?", top_k=1))["chunks"][0]["content"]
    content = await client.get(f"{BASE}/{document}/content")
    assert content.headers["content-type"].startswith("text/plain")
    assert content.text == PRICES.replace("9,850", "7,000")


async def test_a_file_keeps_its_pages_and_answers(
    client: httpx.AsyncClient, agent_id: str, tmp_path: Path
) -> None:
    pages = [
        [Line(f"Chapter {n}", 60, 100, 18), Line(f"The code of chapter {n} is 77{n}.", 60, 140)] for n in (1, 2)
    ]
    pdf = write_pdf(tmp_path / "codes.pdf", pages)
    created = await client.post(
        f"{BASE}/file",
        files={"file": ("codes.pdf", pdf.read_bytes())},
        data={"agent_id": agent_id, "name": "Codes"},
    )
    assert created.json()["name"] == "Codes"
    document = created.json()["id"]
    shown = (await client.get(f"{BASE}/{document}")).json()
    assert (shown["type"], shown["filename"]) == ("file", "codes.pdf")
    assert shown["metadata"]["size_bytes"] == pdf.stat().st_size
    first = (await client.get(f"{BASE}/{document}/chunks", params={"page_size": 1})).json()
    second = (await client.get(f"{BASE}/{document}/chunks", params={"cursor": first["next_cursor"]})).json()
    chunks = first["chunks"] + second["chunks"]
    assert [(chunk["page"], chunk["name"]) for chunk in chunks] == [(1, "Chapter 1"), (2, "Chapter 2")]
    one = (await client.get(f"{BASE}/{document}/chunk/{chunks[1]['id']}")).json()
    assert one == chunks[1]
    answer = await ask(client, agent_id, "What is the code of chapter 2?", top_k=1)
    assert answer["chunks"][0]["chunk_id"] == chunks[1]["id"]


async def test_a_file_is_refused_by_size_while_it_is_sent(app: FastAPI) -> None:
    """500 MB are on their way; what is allowed is read, and no more."""
    sent = 0

    async def body() -> AsyncIterator[bytes]:
        nonlocal sent
        yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'
        for _ in range(500):
            sent += 1
            yield bytes(1_000_000)

    async with app_client(app) as client:
        headers = {"content-type": "multipart/form-data; boundary=x"}
        chunked = await client.post(f"{BASE}/file", content=body(), headers=headers)
        declared = await client.post(
            f"{BASE}/file", content=b"", headers={**headers, "content-length": "500000000"}
        )
    for refused in (chunked, declared):
        assert (refused.status_code, refused.json()["detail"]["code"]) == (400, "document_too_large")
    assert sent <= 4


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.pdf", b"%PDF-1.4 broken", "document_damaged"),
        ("a.txt", b"", "document_empty"),
        ("a.png", b"x", "unsupported_document_type"),
    ],
)
async def test_bad_files_are_refused_and_leave_nothing(
    client: httpx.AsyncClient, name: str, content: bytes, code: str
) -> None:
    refused = await client.post(f"{BASE}/file", files={"file": (name, content)})
    assert (refused.status_code, refused.json()["detail"]["code"]) == (400, code)
    assert (await client.get(BASE)).json()["documents"] == []


async def test_forms_without_a_file_are_422(client: httpx.AsyncClient) -> None:
    refused = await client.post(f"{BASE}/file", data={"name": "x"})
    assert refused.status_code == 422
    assert refused.json()["detail"][0]["loc"] == ["body", "file"]


async def test_a_page_is_fetched(client: httpx.AsyncClient, agent_id: str) -> None:
    page = "<title>Rates</title><main><h1>Rates</h1><p>A night in the tower room costs 212 euros.</p></main>"
    async with serve_app(Starlette(routes=[Route("/", lambda _: HTMLResponse(page))])) as url:
        created = await client.post(f"{BASE}/url", json={"url": url, "agent_id": agent_id})
    assert created.json()["name"] == "Rates"
    shown = (await client.get(f"{BASE}/{created.json()['id']}")).json()
    assert (shown["type"], shown["url"].rstrip("/")) == ("url", url)
    answer = await ask(client, agent_id, "What does a night in the tower room cost?")
    assert "212" in answer["chunks"][0]["content"]


async def test_private_addresses_are_refused(app: FastAPI, client: httpx.AsyncClient) -> None:
    fetcher = app.state.services.runtime.work.intake._fetcher
    fetcher._allow_private = False
    refused = await client.post(f"{BASE}/url", json={"url": "http://127.0.0.1:9/secret"})
    assert (refused.status_code, refused.json()["detail"]["code"]) == (400, "private_address")


async def test_the_flat_form_adds_a_text_to_an_agent(client: httpx.AsyncClient, agent_id: str) -> None:
    url = f"/v1/convai/agents/{agent_id}/knowledge-base"
    created = (await client.post(url, json={"content": PRICES, "kb_metadata": {"source": "List"}})).json()
    assert (created["name"], created["status"], created["chunk_count"]) == ("List", "succeeded", 2)
    assert (await ask(client, agent_id, "When do you open?"))["chunks"]
    [reference] = (await client.get(f"/v1/convai/agents/{agent_id}")).json()["knowledge_base"]
    assert reference["id"] == created["document_id"]
    size = (await client.get(f"/v1/convai/agent/{agent_id}/knowledge-base/size")).json()
    assert size == {"number_of_pages": 1.0}
    assert (await client.post(url.replace(agent_id, "agent_none"), json={"content": "x"})).status_code == 404


async def test_a_follow_up_is_asked_with_the_question_before(client: httpx.AsyncClient, agent_id: str) -> None:
    await add(client, PRICES, agent_id=agent_id)
    answer = await ask(client, agent_id, "And what about that?", previous_user_text="What does the battery cost?")
    assert "battery" in answer["query"]


async def test_another_workspace_sees_nothing(client: httpx.AsyncClient, app: FastAPI) -> None:
    document = await add(client)
    made = (await client.post("/v1/workspaces", json={"name": "Other"})).json()
    async with app_client(app, key=made["first_key"]["api_key"]) as other:
        assert (await other.get(BASE)).json()["documents"] == []
        for path in ("", "/content", "/chunks", "/rag-index", "/dependent-agents"):
            assert (await other.get(f"{BASE}/{document}{path}")).status_code == 404
        assert (await other.delete(f"{BASE}/{document}")).status_code == 404


async def test_indexes_are_shown_dropped_and_made_again(client: httpx.AsyncClient, agent_id: str) -> None:
    document = await add(client, agent_id=agent_id)
    url = f"{BASE}/{document}/rag-index"
    [index] = (await client.get(url)).json()["indexes"]
    assert (index["status"], index["progress_percentage"]) == ("succeeded", 100.0)
    assert index["document_model_index_usage"]["used_bytes"] == 2 * 384 * 4
    assert (await client.get(f"{BASE}/rag-index")).json()["total_used_bytes"] == 2 * 384 * 4
    assert (await client.delete(f"{url}/{index['id']}")).status_code == 200
    assert (await ask(client, agent_id, "What does the battery cost?"))["chunks"] == []
    assert (await client.get(url)).json()["indexes"][0]["status"] == "created"
    assert (await client.delete(f"{url}/{index['id']}")).status_code == 404
    assert (await client.post(url, json={"model": "e5_mistral_7b_instruct"})).json() == index
    assert (await ask(client, agent_id, "What does the battery cost?"))["chunks"]
    items = [{"document_id": one, "create_if_missing": False, "model": "m"} for one in (document, "doc_none")]
    done = (await client.post(f"{BASE}/rag-index", json={"items": items})).json()
    assert done[document]["data"] == index
    assert (done["doc_none"]["status"], done["doc_none"]["error_code"]) == ("failure", 404)


async def test_a_deleted_agent_leaves_its_documents_and_a_copy_answers(
    client: httpx.AsyncClient, agent_id: str
) -> None:
    document = await add(client, agent_id=agent_id)
    copy = (await client.post(f"/v1/convai/agents/{agent_id}/duplicate", json={})).json()["agent_id"]
    await client.delete(f"/v1/convai/agents/{agent_id}")
    assert (await ask(client, copy, "What does the battery cost?"))["chunks"]
    dependents = (await client.get(f"{BASE}/{document}/dependent-agents")).json()["agents"]
    assert [one["id"] for one in dependents] == [copy]


async def test_two_uploads_of_one_file_at_once_are_one_document(client: httpx.AsyncClient, agent_id: str) -> None:
    ids = await asyncio.gather(*(add(client, agent_id=agent_id) for _ in range(4)))
    assert len(set(ids)) == 1
    assert len((await client.get(f"/v1/convai/agents/{agent_id}")).json()["knowledge_base"]) == 1


async def test_changes_are_in_the_audit_log(client: httpx.AsyncClient) -> None:
    document = await add(client)
    await client.patch(f"{BASE}/{document}", json={"name": "N"})
    await client.delete(f"{BASE}/{document}")
    entries = (await client.get("/v1/workspace/audit-log", params={"target_id": document})).json()["entries"]
    assert [entry["action"] for entry in entries] == ["document.deleted", "document.updated", "document.created"]
