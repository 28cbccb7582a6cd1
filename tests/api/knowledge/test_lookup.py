"""Documents are found over REST by what is in them, and several at once by their ids."""

from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from data.api_keys import Scope
from tests.api.keys import issue_key
from tests.api.knowledge.test_documents import BASE, PRICES, add
from tests.api.serving import app_client

ROOMS = "# Rooms\n\nThe tower room has a battery lamp.\n\n# Garden\n\nDogs may come along."


async def search(client: httpx.AsyncClient, query: str, **more: Any) -> dict[str, Any]:
    answer = await client.get(f"{BASE}/search", params={"query": query, **more})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def found_ids(client: httpx.AsyncClient, query: str, **more: Any) -> list[str]:
    return [result["document"]["id"] for result in (await search(client, query, **more))["results"]]


async def test_the_document_with_the_best_passage_is_first(client: httpx.AsyncClient, agent_id: str) -> None:
    prices = await add(client, agent_id=agent_id)
    rooms = await add(client, ROOMS)
    answer = await search(client, "What do batteries cost?")
    first, second = answer["results"]
    assert [first["document"]["id"], second["document"]["id"]] == [prices, rooms]
    assert (first["score"], second["score"]) == (1.0, 0.5)
    assert (first["document"]["type"], first["document"]["dependent_agents"][0]["id"]) == ("text", agent_id)
    assert "".join(part["value"] for part in first["search_snippet"]) == (
        "Prices\nThe battery costs 9,850 dollars."
    )
    assert [part["value"] for part in first["search_snippet"] if part["is_hit"]] == ["battery", "costs"]
    assert (answer["has_more"], answer["next_cursor"]) == (False, None)


async def test_words_that_are_nowhere_are_found_with_a_letter_wrong(client: httpx.AsyncClient) -> None:
    prices = await add(client)
    [result] = (await search(client, "batery dollras"))["results"]
    assert (result["document"]["id"], result["score"]) == (prices, 1.0)
    assert [part["value"] for part in result["search_snippet"] if part["is_hit"]] == ["battery", "dollars"]
    assert await found_ids(client, "nothing like it") == []


async def test_what_is_found_comes_in_pages_and_by_type(client: httpx.AsyncClient) -> None:
    documents = [await add(client, f"The lamp number {n}.") for n in range(3)]
    seen: list[str] = []
    cursor: dict[str, str] = {}
    for has_more in (True, True, False):
        page = await search(client, "lamp", page_size=1, **cursor)
        assert page["has_more"] is has_more
        seen += [result["document"]["id"] for result in page["results"]]
        cursor = {"cursor": page["next_cursor"]}
    assert seen == documents[::-1]
    assert await found_ids(client, "lamp", types="file") == []
    for wrong in ({"cursor": "x"}, {"cursor": "WyJjcmVhdGVkX2F0OmRlc2MiLHRydWUsIjIwMjYtMDEtMTIiLCJ4Il0"}):
        refused = await client.get(f"{BASE}/search", params={"query": "lamp", **wrong})
        assert (refused.status_code, refused.json()["detail"]["code"]) == (400, "invalid_cursor")


@pytest.mark.parametrize("query", ["", " ", "?!", "%", "_", "\\", "'; DROP TABLE x; --", "(", "a" * 500, "𝕳é́"])
async def test_any_text_can_be_searched_for(client: httpx.AsyncClient, query: str) -> None:
    await add(client)
    assert await found_ids(client, query) == []


@pytest.mark.parametrize(
    "params",
    [{}, {"query": "a" * 501}, {"query": "a\x00"}, {"query": "a", "page_size": 101}, {"query": "a", "types": "x"}],
)
async def test_what_is_no_query_is_422(client: httpx.AsyncClient, params: dict[str, str]) -> None:
    assert (await client.get(f"{BASE}/search", params=params)).status_code == 422


async def test_several_documents_are_shown_at_once(client: httpx.AsyncClient, agent_id: str) -> None:
    prices, rooms = await add(client, agent_id=agent_id), await add(client, ROOMS)
    answer = await client.get(f"{BASE}/summaries", params={"document_ids": [prices, "doc_none", rooms, prices]})
    found = answer.json()
    assert list(found) == [prices, "doc_none", rooms]
    assert (found[prices]["status"], found[prices]["data"]["name"]) == ("success", "Prices")
    assert [one["id"] for one in found[prices]["data"]["dependent_agents"]] == [agent_id]
    assert "extracted_inner_html" not in found[rooms]["data"]
    assert (found["doc_none"]["status"], found["doc_none"]["error_code"]) == ("failure", 404)
    assert found["doc_none"]["error_status"] == "document_not_found"
    assert (await client.get(f"{BASE}/summaries")).json() == {}


@pytest.mark.parametrize("ids", [["x" * 129], ["a\x00"], ["doc"] * 101])
async def test_what_can_be_no_ids_is_422(client: httpx.AsyncClient, ids: list[str]) -> None:
    assert (await client.get(f"{BASE}/summaries", params={"document_ids": ids})).status_code == 422


async def test_another_workspace_finds_nothing(client: httpx.AsyncClient, app: FastAPI) -> None:
    document = await add(client, PRICES)
    made = (await client.post("/v1/workspaces", json={"name": "Other"})).json()
    async with app_client(app, key=made["first_key"]["api_key"]) as other:
        assert await found_ids(other, "battery") == []
        found = (await other.get(f"{BASE}/summaries", params={"document_ids": document})).json()
        assert found[document]["status"] == "failure"


async def test_a_key_that_reads_is_enough(client: httpx.AsyncClient, app: FastAPI) -> None:
    document = await add(client)
    key = (await issue_key(app.state.services.database, Scope.READ)).secret
    async with app_client(app, key=key) as reader:
        assert await found_ids(reader, "battery") == [document]
        assert (await reader.get(f"{BASE}/summaries")).status_code == 200
