"""With documents behind it the API does what its document says, and nothing that is sent to it makes it fail."""

import asyncio
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from simulator.hosting import serve_app
from tests.api.test_openapi import HEADERS, probe_operations


@pytest.mark.slow
async def test_the_knowledge_base_conforms_to_its_document(app: FastAPI, agent_id: str) -> None:
    async with (
        serve_app(_without_lifespan(app)) as url,
        httpx.AsyncClient(base_url=url, headers=HEADERS, timeout=60) as client,
    ):
        created = await client.post("/v1/convai/knowledge-base/text", json={"text": "We open at eight."})
        document_id = created.json()["id"]
        chunks = (await client.get(f"/v1/convai/knowledge-base/{document_id}/chunks")).json()["chunks"]
        known = {
            "agent_id": agent_id,
            "document_id": document_id,
            "chunk_id": chunks[0]["id"],
            "rag_index_id": "ragidx_none",
        }
        document = (await client.get("/openapi.json")).json()
        document["paths"] = {path: item for path, item in document["paths"].items() if "knowledge-base" in path}
        assert await asyncio.to_thread(probe_operations, document, url, known) == 24


def _without_lifespan(app: FastAPI) -> Any:
    async def serve(scope: Any, receive: Any, send: Any) -> None:
        await app(scope, receive, send)

    return serve
