"""Pages are fetched again and files replaced over REST: wholly, or not at all."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from data.api_keys import Scope
from data.knowledge.fetch import DocumentFetcher
from simulator.hosting import serve_app
from tests.api.keys import issue_key
from tests.api.knowledge.test_documents import BASE, PRICES, add, ask
from tests.api.serving import app_client
from tests.data.knowledge.workbooks import ENCRYPTED, write_workbook

QUESTION = "What does a night in the tower room cost?"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def rates(price: int) -> Response:
    return HTMLResponse(
        f"<title>Rates</title><main><h1>Rates</h1><p>A night in the tower room costs {price} euros.</p></main>"
    )


class Site:
    """A page that answers what it is told to."""

    def __init__(self) -> None:
        self.answer: Callable[[], Response] = lambda: rates(212)
        self.url = ""
        self.fetched = 0

    def respond(self, _: Request) -> Response:
        self.fetched += 1
        return self.answer()


@asynccontextmanager
async def a_site() -> AsyncIterator[Site]:
    site = Site()
    async with serve_app(Starlette(routes=[Route("/", site.respond)])) as site.url:
        yield site


async def add_page(client: httpx.AsyncClient, site: Site, **more: str) -> str:
    created = await client.post(f"{BASE}/url", json={"url": site.url, **more})
    assert created.status_code == 200, created.text
    return str(created.json()["id"])


async def add_file(client: httpx.AsyncClient, content: bytes = PRICES.encode(), **data: str) -> str:
    created = await client.post(f"{BASE}/file", files={"file": ("prices.md", content)}, data=data)
    assert created.status_code == 200, created.text
    return str(created.json()["id"])


async def replace_file(
    client: httpx.AsyncClient, document_id: str, content: bytes, filename: str = "new-prices.md"
) -> httpx.Response:
    return await client.patch(f"{BASE}/{document_id}/update-file", files={"file": (filename, content)})


def code_of(response: httpx.Response) -> str:
    assert response.status_code == 400, response.text
    return str(response.json()["detail"]["code"])


async def answered(client: httpx.AsyncClient, agent_id: str, question: str) -> str:
    return "\n".join(chunk["content"] for chunk in (await ask(client, agent_id, question))["chunks"])


async def updates(client: httpx.AsyncClient, document_id: str) -> int:
    log = (await client.get("/v1/workspace/audit-log", params={"target_id": document_id})).json()["entries"]
    return sum(entry["action"] == "document.updated" for entry in log)


# --- pages ----------------------------------------------------------------------------------------------------


async def test_a_page_is_fetched_again_and_keeps_its_id_and_name(client: httpx.AsyncClient, agent_id: str) -> None:
    async with a_site() as site:
        document = await add_page(client, site, agent_id=agent_id, name="Our rates")
        before = (await client.get(f"{BASE}/{document}")).json()
        chunks = (await client.get(f"{BASE}/{document}/chunks")).json()["chunks"]
        site.answer = lambda: rates(240)
        renewed = await client.post(f"{BASE}/{document}/refresh")
    assert renewed.status_code == 200, renewed.text
    after = renewed.json()
    assert after == (await client.get(f"{BASE}/{document}")).json()
    kept = ("id", "type", "name", "url")
    assert {key: after[key] for key in kept} == {key: before[key] for key in kept}
    assert after["name"] == "Our rates"
    assert "240" in after["extracted_inner_html"]
    answer = await answered(client, agent_id, QUESTION)
    assert "240" in answer
    assert "212" not in answer
    renewed_chunks = (await client.get(f"{BASE}/{document}/chunks")).json()["chunks"]
    assert {chunk["id"] for chunk in chunks}.isdisjoint(chunk["id"] for chunk in renewed_chunks)
    assert await updates(client, document) == 1


async def test_a_page_that_says_the_same_changes_nothing(client: httpx.AsyncClient) -> None:
    async with a_site() as site:
        document = await add_page(client, site)
        before = (await client.get(f"{BASE}/{document}")).json()
        assert (await client.post(f"{BASE}/{document}/refresh")).json() == before
        assert site.fetched == 2
    assert await updates(client, document) == 0


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (lambda: Response(status_code=404), "url_unreachable"),
        (lambda: Response(status_code=503), "url_unreachable"),
        (lambda: RedirectResponse("/"), "url_unreachable"),
        (lambda: RedirectResponse("file:///etc/passwd"), "invalid_url"),
        (lambda: Response(b"\x89PNG", media_type="image/png"), "unsupported_document_type"),
        (lambda: Response(bytes(3_000_000), media_type="text/html"), "document_too_large"),
        (lambda: HTMLResponse("<nav>Home</nav>"), "document_without_text"),
        (lambda: Response(b"", media_type="text/html"), "document_empty"),
        (lambda: Response(b"%PDF-1.4 broken", media_type="application/pdf"), "document_damaged"),
        (lambda: Response(ENCRYPTED, media_type=XLSX), "document_encrypted"),
    ],
)
async def test_a_page_that_is_away_leaves_the_document_as_it_is(
    client: httpx.AsyncClient, agent_id: str, answer: Callable[[], Response], code: str
) -> None:
    async with a_site() as site:
        document = await add_page(client, site, agent_id=agent_id)
        before = (await client.get(f"{BASE}/{document}")).json()
        site.answer = answer
        assert code_of(await client.post(f"{BASE}/{document}/refresh")) == code
    assert (await client.get(f"{BASE}/{document}")).json() == before
    assert "212" in await answered(client, agent_id, QUESTION)
    assert await updates(client, document) == 0


async def test_a_server_that_is_gone_leaves_the_document_as_it_is(client: httpx.AsyncClient) -> None:
    async with a_site() as site:
        document = await add_page(client, site)
    assert code_of(await client.post(f"{BASE}/{document}/refresh")) == "url_unreachable"
    assert "212" in (await client.get(f"{BASE}/{document}/content")).text


async def test_what_may_not_be_fetched_any_more_is_not(client: httpx.AsyncClient, app: FastAPI) -> None:
    intake = app.state.services.runtime.work.intake
    async with a_site() as site:
        document = await add_page(client, site)
        intake._fetcher = DocumentFetcher(intake.max_bytes)
        assert code_of(await client.post(f"{BASE}/{document}/refresh")) == "private_address"
        assert site.fetched == 1


async def test_a_page_that_says_what_another_document_says_is_refused(client: httpx.AsyncClient) -> None:
    async with a_site() as site:
        document = await add_page(client, site)
        await add(client, "Closed for works.")
        site.answer = lambda: HTMLResponse("<p>Closed for works.</p>")
        assert code_of(await client.post(f"{BASE}/{document}/refresh")) == "document_exists"
    assert "212" in (await client.get(f"{BASE}/{document}/content")).text


async def test_a_name_that_is_given_while_a_page_is_fetched_stays(client: httpx.AsyncClient, app: FastAPI) -> None:
    indexer = app.state.services.runtime.work.intake.ingestor.indexer
    embed = indexer.embed_texts

    async def renaming(*args: object) -> object:
        await client.patch(f"{BASE}/{document}", json={"name": "Renamed"})
        return await embed(*args)

    async with a_site() as site:
        document = await add_page(client, site)
        indexer.embed_texts = renaming
        site.answer = lambda: rates(240)
        assert (await client.post(f"{BASE}/{document}/refresh")).json()["name"] == "Renamed"
    assert (await client.get(f"{BASE}/{document}")).json()["name"] == "Renamed"


async def test_refreshing_twice_at_once_is_done_once(client: httpx.AsyncClient, agent_id: str) -> None:
    async with a_site() as site:
        document = await add_page(client, site, agent_id=agent_id)
        site.answer = lambda: rates(240)
        renewed = await asyncio.gather(*(client.post(f"{BASE}/{document}/refresh") for _ in range(3)))
    assert {one.status_code for one in renewed} == {200}
    chunks = (await client.get(f"{BASE}/{document}/chunks")).json()["chunks"]
    assert len(chunks) == 1
    assert (await answered(client, agent_id, QUESTION)).count("euros") == 1


# --- files ----------------------------------------------------------------------------------------------------


async def test_a_file_takes_the_place_of_another(client: httpx.AsyncClient, agent_id: str) -> None:
    document = await add_file(client, agent_id=agent_id, name="Our prices")
    new = PRICES.replace("9,850", "7,000").replace("# Prices", "# New prices").encode()
    renewed = await replace_file(client, document, new)
    assert renewed.status_code == 200, renewed.text
    shown = renewed.json()
    assert shown == (await client.get(f"{BASE}/{document}")).json()
    assert (shown["type"], shown["name"], shown["filename"]) == ("file", "New prices", "new-prices.md")
    assert shown["metadata"]["size_bytes"] == len(new)
    answer = await answered(client, agent_id, "What does the battery cost?")
    assert "7,000" in answer
    assert "9,850" not in answer
    assert await updates(client, document) == 1
    files = {"file": ("a.txt", b"Another.")}
    named = await client.patch(f"{BASE}/{document}/update-file", files=files, data={"name": "Mine"})
    assert (named.json()["name"], named.json()["filename"]) == ("Mine", "a.txt")


async def test_another_format_may_take_its_place(client: httpx.AsyncClient, agent_id: str, tmp_path: Path) -> None:
    document = await add_file(client, agent_id=agent_id)
    workbook = write_workbook(tmp_path / "list.xlsx", {"S": [["item", "costs"], ["battery", "7,000 dollars"]]})
    shown = (await replace_file(client, document, workbook.read_bytes(), "list.xlsx")).json()
    assert (shown["name"], shown["filename"]) == ("List", "list.xlsx")
    assert "7,000" in await answered(client, agent_id, "What does the battery cost?")


async def test_a_file_of_the_same_text_only_changes_what_it_is_called(client: httpx.AsyncClient) -> None:
    document = await add_file(client)
    chunks = (await client.get(f"{BASE}/{document}/chunks")).json()["chunks"]
    shown = (await replace_file(client, document, PRICES.replace("\n", "\r\n").encode(), "other.md")).json()
    assert (shown["filename"], shown["metadata"]["size_bytes"]) == ("other.md", len(PRICES) + PRICES.count("\n"))
    assert (await client.get(f"{BASE}/{document}/chunks")).json()["chunks"] == chunks


@pytest.mark.parametrize(
    ("filename", "content", "code"),
    [
        ("a.pdf", b"%PDF-1.4 broken", "document_damaged"),
        ("a.xlsx", b"PK\x03\x04 broken", "document_damaged"),
        ("a.xlsx", ENCRYPTED, "document_encrypted"),
        ("a.txt", b"", "document_empty"),
        ("a.png", b"x", "unsupported_document_type"),
        ("a.txt", b"x" * 2_100_000, "document_too_large"),
    ],
)
async def test_bad_files_leave_the_document_as_it_is(
    client: httpx.AsyncClient, agent_id: str, filename: str, content: bytes, code: str
) -> None:
    document = await add_file(client, agent_id=agent_id)
    before = (await client.get(f"{BASE}/{document}")).json()
    assert code_of(await replace_file(client, document, content, filename)) == code
    assert (await client.get(f"{BASE}/{document}")).json() == before
    assert "9,850" in await answered(client, agent_id, "What does the battery cost?")
    assert await updates(client, document) == 0


async def test_forms_without_a_file_are_422(client: httpx.AsyncClient) -> None:
    document = await add_file(client)
    refused = await client.patch(f"{BASE}/{document}/update-file", data={"name": "x"})
    assert refused.status_code == 422
    assert refused.json()["detail"][0]["loc"] == ["body", "file"]


async def test_a_file_that_says_what_another_document_says_is_refused(client: httpx.AsyncClient) -> None:
    await add(client, "We open at eight.")
    document = await add_file(client)
    assert code_of(await replace_file(client, document, b"We open at eight.")) == "document_exists"


# --- which documents, and who may -------------------------------------------------------------------------------


async def test_only_pages_are_fetched_again_and_only_files_replaced(client: httpx.AsyncClient) -> None:
    text, file = await add(client), await add_file(client, b"A file.")
    async with a_site() as site:
        page = await add_page(client, site)
    for document in (text, file):
        assert code_of(await client.post(f"{BASE}/{document}/refresh")) == "document_without_url"
    for document in (text, page):
        assert code_of(await replace_file(client, document, b"x")) == "document_without_file"


async def test_a_body_is_not_received_for_a_document_that_is_not_there(client: httpx.AsyncClient) -> None:
    received = 0

    async def body() -> AsyncIterator[bytes]:
        nonlocal received
        for _ in range(10):
            received += 1
            yield bytes(1_000)

    headers = {"content-type": "multipart/form-data; boundary=x"}
    refused = await client.patch(f"{BASE}/doc_none/update-file", content=body(), headers=headers)
    assert (refused.status_code, refused.json()["detail"]["code"]) == (404, "document_not_found")
    assert received == 0
    assert (await client.post(f"{BASE}/doc_none/refresh")).status_code == 404


async def test_another_workspace_and_a_key_that_only_reads_cannot(client: httpx.AsyncClient, app: FastAPI) -> None:
    file = await add_file(client)
    async with a_site() as site:
        page = await add_page(client, site)
        made = (await client.post("/v1/workspaces", json={"name": "Other"})).json()
        reader = (await issue_key(app.state.services.database, Scope.READ)).secret
        for key, status in ((made["first_key"]["api_key"], 404), (reader, 403)):
            async with app_client(app, key=key) as other:
                assert (await other.post(f"{BASE}/{page}/refresh")).status_code == status
                assert (await replace_file(other, file, b"x")).status_code == status
        assert site.fetched == 1
