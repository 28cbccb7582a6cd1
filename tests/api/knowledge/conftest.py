"""An app whose call side has knowledge: the real embedding model, and vectors in memory."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from api.app import create_app
from api.knowledge.work import KnowledgeWork
from api.live_calls import Runtime
from config.settings import Settings
from data.database import Database
from data.knowledge.factory import Knowledge, assemble_knowledge
from data.knowledge.faiss_store import FaissVectorStore
from data.knowledge.intake_factory import build_intake
from data.knowledge.sentence_transformer_embedder import SentenceTransformerEmbedder
from data.knowledge.sentence_transformer_model import MINILM
from tests.api.runtimes import IdleRuntime
from tests.api.serving import app_client


class KnowingRuntime(IdleRuntime):
    """A call side that takes no calls, but has documents."""

    def __init__(self, work: KnowledgeWork) -> None:
        super().__init__()
        self.work = work


@pytest.fixture(scope="session")
def embedder() -> Iterator[SentenceTransformerEmbedder]:
    embedder = SentenceTransformerEmbedder(MINILM)
    yield embedder
    asyncio.run(embedder.close())


@pytest.fixture
def knowledge(embedder: SentenceTransformerEmbedder, tmp_path: Path) -> Knowledge:
    return assemble_knowledge(embedder, FaissVectorStore(tmp_path / "faiss", MINILM))


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(
        update={"max_document_mb": 2.0, "allow_private_targets": True, "rate_limit_per_minute": 0}
    )


@pytest.fixture
async def app(settings: Settings, knowledge: Knowledge) -> AsyncIterator[FastAPI]:
    @asynccontextmanager
    async def open_runtime(settings: Settings, database: Database) -> AsyncIterator[Runtime]:
        work = KnowledgeWork(database, knowledge, build_intake(settings, database, knowledge))
        try:
            yield KnowingRuntime(work)
        finally:
            await work.close()

    app = create_app(settings, open_runtime=open_runtime)
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with app_client(app) as client:
        yield client


@pytest.fixture
async def agent_id(client: httpx.AsyncClient) -> str:
    created = await client.post("/v1/convai/agents", json={"name": "A", "system_prompt": "Be brief."})
    return str(created.json()["agent_id"])
