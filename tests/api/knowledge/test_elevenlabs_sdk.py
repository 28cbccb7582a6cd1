"""The official ElevenLabs SDK against documents on a real server."""

from collections.abc import AsyncIterator
from io import BytesIO
from typing import Any

import pytest
from elevenlabs.client import AsyncElevenLabs
from elevenlabs.core.api_error import ApiError
from elevenlabs.errors import UnprocessableEntityError
from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Route

from simulator.hosting import serve_app
from tests.api.serving import API_KEY

NO_RETRY: Any = {"max_retries": 0}
MODEL: Any = "e5_mistral_7b_instruct"


@pytest.fixture
async def convai(app: FastAPI) -> AsyncIterator[Any]:
    """The SDK's `conversational_ai`, of a server of the app."""

    async def without_lifespan(scope: Any, receive: Any, send: Any) -> None:
        await app(scope, receive, send)

    async with serve_app(without_lifespan) as url:
        yield AsyncElevenLabs(base_url=url, api_key=API_KEY).conversational_ai


async def test_documents_from_creation_to_deletion(convai: Any, agent_id: str) -> None:
    base = convai.knowledge_base
    text = await base.documents.create_from_text(text="The tower room costs 212 euros.", name="Rooms")
    file = await base.documents.create_from_file(file=BytesIO(b"# Hours\n\nWe open at eight."), name="Hours")
    assert (text.name, file.name) == ("Rooms", "Hours")

    page = await base.list(page_size=1)
    assert (page.documents[0].id, page.has_more) == (file.id, True)
    assert type(page.documents[0]).__name__.endswith("File")
    rest = await base.list(cursor=page.next_cursor)
    assert (rest.documents[0].id, rest.has_more, rest.next_cursor) == (text.id, False, None)
    assert type(rest.documents[0]).__name__.endswith("Text")

    got = await base.documents.get(text.id)
    assert (got.type, got.name, got.extracted_inner_html) == (
        "text",
        "Rooms",
        "The tower room costs 212 euros.",
    )
    assert got.metadata.size_bytes == 31
    assert await base.documents.get_content(text.id) == "The tower room costs 212 euros."
    assert (await base.documents.update(text.id, name="Rates")).name == "Rates"

    index = await base.document.compute_rag_index(text.id, model=MODEL)
    assert (index.status, index.progress_percentage) == ("succeeded", 100.0)
    assert (await convai.get_document_rag_indexes(text.id)).indexes[0].id == index.id
    assert (await convai.rag_index_overview()).total_used_bytes == 2 * 384 * 4
    chunks = await base.documents.chunks.list(text.id, embedding_model=MODEL)
    assert [chunk.content for chunk in chunks.chunks] == ["Rooms\nThe tower room costs 212 euros."]
    chunk = await base.documents.chunk.get(text.id, chunks.chunks[0].id)
    assert chunk.content == chunks.chunks[0].content

    prompt = {"knowledge_base": [{"type": "text", "id": text.id, "name": "Rates", "usage_mode": "auto"}]}
    await convai.agents.update(agent_id, conversation_config={"agent": {"prompt": prompt}})
    agents = (await base.documents.get_agents(text.id)).agents
    assert [(agent.type, agent.id) for agent in agents] == [("available", agent_id)]
    assert (await convai.agents.knowledge_base.size(agent_id)).number_of_pages == 1

    with pytest.raises(ApiError) as refused:
        await base.documents.delete(text.id)
    assert (refused.value.status_code, refused.value.body["detail"]["code"]) == (400, "document_in_use")
    await base.documents.delete(text.id, force=True)
    with pytest.raises(ApiError) as gone:
        await base.documents.get(text.id)
    assert gone.value.status_code == 404


async def test_documents_are_added_as_older_clients_do(convai: Any, agent_id: str) -> None:
    base = convai.knowledge_base
    file = await convai.add_to_knowledge_base(name="Hours", file=("hours.md", b"We open at eight."))
    assert (file.name, (await base.documents.get(file.id)).filename) == ("Hours", "hours.md")
    page = Route("/", lambda _: HTMLResponse("<title>Rates</title><p>The tower room costs 212 euros.</p>"))
    async with serve_app(Starlette(routes=[page])) as url:
        document = await convai.add_to_knowledge_base(url=url, agent_id=agent_id)
    assert document.name == "Rates"
    assert (await base.documents.get(document.id)).type == "url"
    assert [agent.id for agent in (await base.documents.get_agents(document.id)).agents] == [agent_id]
    with pytest.raises(UnprocessableEntityError):
        await convai.add_to_knowledge_base(name="Neither")


async def test_documents_are_renewed(convai: Any) -> None:
    base = convai.knowledge_base
    price = 212
    page = Route("/", lambda _: HTMLResponse(f"<h1>Rates</h1><p>The tower room costs {price} euros.</p>"))
    async with serve_app(Starlette(routes=[page])) as url:
        document = await base.documents.create_from_url(url=url, name="Our rates")
        price = 240
        refreshed = await base.document.refresh(document.id)
    assert (refreshed.id, refreshed.type, refreshed.name) == (document.id, "url", "Our rates")
    assert refreshed.extracted_inner_html == "# Rates\n\nThe tower room costs 240 euros."

    file = await base.documents.create_from_file(file=("hours.md", b"# Hours\n\nWe open at eight."))
    updated = await base.document.update_file(file.id, file=("summer.md", b"# Summer hours\n\nWe open at six."))
    assert (updated.id, updated.type) == (file.id, "file")
    assert (updated.name, updated.filename) == ("Summer hours", "summer.md")
    assert await base.documents.get_content(file.id) == "# Summer hours\n\nWe open at six."

    for refusal, code in (
        (base.document.refresh(file.id), "document_without_url"),
        (base.document.update_file(document.id, file=BytesIO(b"x")), "document_without_file"),
    ):
        with pytest.raises(ApiError) as refused:
            await refusal
        assert (refused.value.status_code, refused.value.body["detail"]["code"]) == (400, code)


async def test_documents_are_found_by_their_words_and_ids(convai: Any, agent_id: str) -> None:
    base = convai.knowledge_base
    text = await base.documents.create_from_text(text="The tower room costs 212 euros.", name="Rooms")
    file = await base.documents.create_from_file(file=BytesIO(b"# Hours\n\nThe tower opens at eight."))

    first = await base.search(query="tower", page_size=1, types=["file", "text"])
    [newest] = first.results
    assert (newest.document.id, newest.score) == (file.id, 1.0)
    assert type(newest.document).__name__.endswith("File")
    assert [segment.value for segment in newest.search_snippet if segment.is_hit] == ["tower"]
    rest = await base.search(query="tower", cursor=first.next_cursor)
    assert [result.document.id for result in rest.results] == [text.id]
    assert type(rest.results[0].document).__name__.endswith("Text")
    assert rest.next_cursor is None

    summaries = await base.documents.summaries.get(document_ids=[text.id, "doc_none"])
    assert (summaries[text.id].status, summaries[text.id].data.name) == ("success", "Rooms")
    assert type(summaries[text.id].data).__name__.endswith("Text")
    assert (summaries["doc_none"].status, summaries["doc_none"].error_code) == ("failure", 404)
    assert (await base.documents.summaries.get(document_ids=file.id))[file.id].data.metadata.size_bytes == 34
