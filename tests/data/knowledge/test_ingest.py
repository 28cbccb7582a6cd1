"""Documents into a real database and a real vector store, twice, at once, interrupted, and out again."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from config.errors import InvalidInputError, NotFoundError, VendorError
from data.agent_config import AgentConfig, AgentSettings, KnowledgeReference
from data.database import Database
from data.ids import new_id
from data.knowledge.chroma_store import ChromaVectorStore
from data.knowledge.database_storage import knowledge_storage
from data.knowledge.documents import load_documents, make_document
from data.knowledge.embedder import Embedder, Embeddings
from data.knowledge.factory import assemble_knowledge
from data.knowledge.ingest import KnowledgeIngestor, Projection
from data.knowledge.retriever import RetrievalOptions
from data.knowledge.sentence_transformer_embedder import SentenceTransformerEmbedder
from data.knowledge.sentence_transformer_model import MINILM
from data.knowledge.vector_store import VectorEntry
from data.repositories.agent import AgentRepository
from data.workspaces import DEFAULT_WORKSPACE_ID as WORKSPACE

SAMPLES = Path(__file__).parents[3] / "data" / "samples"
PRICES = make_document("# Prices\n\nThe battery costs 9,850 dollars.\n\n# Hours\n\nWe open at eight.")


class CountingEmbedder:
    """Vectors of the text's length and first letter; counts what it embeds."""

    def __init__(self, model_name: str = "counting") -> None:
        self.model_name = model_name
        self.embedded: list[str] = []

    async def warm(self) -> None:
        return

    async def embed(self, texts: Sequence[str]) -> Embeddings:
        self.embedded.extend(texts)
        await asyncio.sleep(0)
        vectors = np.array([[len(text), ord(text[0]), 1] for text in texts], dtype=np.float32)
        normalised: Embeddings = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return normalised

    async def embed_query(self, text: str) -> Embeddings:
        vector: Embeddings = (await self.embed([text]))[0]
        return vector

    async def embed_queries(self, texts: Sequence[str]) -> tuple[Embeddings, ...]:
        return tuple(await self.embed(texts))

    async def close(self) -> None:
        return


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'test.db'}")
    await database.upgrade()
    yield database
    await database.close()


async def add_agent(database: Database) -> AgentConfig:
    now = datetime.now(UTC)
    agent = AgentConfig(
        agent_id=new_id("agent"),
        workspace_id=WORKSPACE,
        name="A",
        system_prompt="Be kind.",
        created_at=now,
        updated_at=now,
    )
    async with database.session() as session:
        await AgentRepository(session).add(agent)
    return agent


@pytest.fixture
async def agent_id(database: Database) -> str:
    return (await add_agent(database)).agent_id


def ingestor(database: Database, embedder: Embedder, store: ChromaVectorStore) -> KnowledgeIngestor:
    return KnowledgeIngestor(knowledge_storage(database), embedder, store)


@pytest.fixture
async def counting_store(tmp_path: Path) -> AsyncIterator[ChromaVectorStore]:
    store = ChromaVectorStore(tmp_path / "counting", "counting")
    yield store
    await store.close()


async def test_the_agent_answers_from_what_was_ingested(
    database: Database, agent_id: str, embedder: SentenceTransformerEmbedder, store: ChromaVectorStore
) -> None:
    knowledge = ingestor(database, embedder, store)
    results = [await knowledge.ingest(WORKSPACE, agent_id, source) for source in load_documents(SAMPLES).documents]
    assert all(result.is_new for result in results)
    assert await store.count(agent_id) == sum(result.chunk_count for result in results)
    found = await assemble_knowledge(embedder, store).retriever.retrieve(
        agent_id, "what does the battery cost", deadline_seconds=5
    )
    assert "9,850" in found.snippets[0].text
    assert found.snippets[0].title == "Plans and prices > Home battery"
    assert found.snippets[0].document_id in {result.document.document_id for result in results}


async def test_the_same_content_twice_is_one_document_embedded_once(
    database: Database, agent_id: str, counting_store: ChromaVectorStore
) -> None:
    embedder = CountingEmbedder()
    knowledge = ingestor(database, embedder, counting_store)
    first = await knowledge.ingest(WORKSPACE, agent_id, PRICES)
    again = await knowledge.ingest(WORKSPACE, agent_id, PRICES)
    assert (first.is_new, again.is_new) == (True, False)
    assert again.document == first.document
    assert len(embedder.embedded) == first.chunk_count == again.chunk_count == 2
    assert await counting_store.count(agent_id) == 2


async def test_two_ingests_of_one_document_at_once_store_it_once(
    database: Database, agent_id: str, counting_store: ChromaVectorStore
) -> None:
    knowledge = ingestor(database, CountingEmbedder(), counting_store)
    results = await asyncio.gather(*(knowledge.ingest(WORKSPACE, agent_id, PRICES) for _ in range(4)))
    assert len({result.document.document_id for result in results}) == 1
    assert sum(result.is_new for result in results) == 1
    assert await counting_store.count(agent_id) == 2


async def test_the_same_content_for_two_agents_is_two_documents(
    database: Database, agent_id: str, counting_store: ChromaVectorStore
) -> None:
    other = (await add_agent(database)).agent_id
    knowledge = ingestor(database, CountingEmbedder(), counting_store)
    first = await knowledge.ingest(WORKSPACE, agent_id, PRICES)
    second = await knowledge.ingest(WORKSPACE, other, PRICES)
    await knowledge.remove(WORKSPACE, first.document.document_id, agent_ids=[agent_id])
    assert await counting_store.count(agent_id) == 0
    assert await counting_store.count(other) == second.chunk_count


async def test_a_removed_document_answers_no_more(
    database: Database, agent_id: str, embedder: SentenceTransformerEmbedder, store: ChromaVectorStore
) -> None:
    knowledge = ingestor(database, embedder, store)
    prices = await knowledge.ingest(WORKSPACE, agent_id, PRICES)
    await knowledge.ingest(WORKSPACE, agent_id, make_document("# Roofs\n\nWe install on metal roofs."))
    await knowledge.remove(WORKSPACE, prices.document.document_id, agent_ids=[agent_id])
    found = await assemble_knowledge(embedder, store).retriever.retrieve(
        agent_id, "what does the battery cost", RetrievalOptions(min_similarity=0), deadline_seconds=5
    )
    assert [snippet.text for snippet in found.snippets] == ["Roofs\nWe install on metal roofs."]
    with pytest.raises(NotFoundError):
        await knowledge.remove(WORKSPACE, prices.document.document_id, agent_ids=[agent_id])


async def test_a_lost_collection_is_rebuilt_without_embedding_again(
    database: Database, agent_id: str, counting_store: ChromaVectorStore
) -> None:
    embedder = CountingEmbedder()
    knowledge = ingestor(database, embedder, counting_store)
    await knowledge.ingest(WORKSPACE, agent_id, PRICES)
    before = await counting_store.chunk_ids(agent_id)
    await counting_store.delete_agent(agent_id)
    embedder.embedded.clear()
    assert await knowledge.project(WORKSPACE, agent_id) == Projection(added=2, removed=0)
    assert await counting_store.chunk_ids(agent_id) == before
    assert await knowledge.project(WORKSPACE, agent_id) == Projection(added=0, removed=0)
    assert embedder.embedded == []


async def test_leftovers_of_a_crash_are_taken_out(
    database: Database, agent_id: str, counting_store: ChromaVectorStore
) -> None:
    knowledge = ingestor(database, CountingEmbedder(), counting_store)
    await knowledge.ingest(WORKSPACE, agent_id, PRICES)
    stray = VectorEntry("chunk_stray", "doc_gone", "T", "stray", 0, np.array([1, 0, 0], dtype=np.float32))
    await counting_store.upsert(agent_id, [stray])
    assert await knowledge.project(WORKSPACE, agent_id) == Projection(added=0, removed=1)
    assert "chunk_stray" not in await counting_store.chunk_ids(agent_id)


async def test_a_store_that_fails_after_the_commit_is_completed_by_the_next_ingest(
    database: Database, agent_id: str, counting_store: ChromaVectorStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    knowledge = ingestor(database, CountingEmbedder(), counting_store)

    async def fail(agent_id: str, entries: Sequence[VectorEntry]) -> None:
        raise VendorError("chroma", "down")

    with monkeypatch.context() as broken:
        broken.setattr(counting_store, "upsert", fail)
        with pytest.raises(VendorError):
            await knowledge.ingest(WORKSPACE, agent_id, PRICES)
    assert await counting_store.count(agent_id) == 0
    assert not (await knowledge.ingest(WORKSPACE, agent_id, PRICES)).is_new
    assert await counting_store.count(agent_id) == 2


async def test_another_model_embeds_the_stored_chunks_anew(
    database: Database, agent_id: str, counting_store: ChromaVectorStore, tmp_path: Path
) -> None:
    await ingestor(database, CountingEmbedder(), counting_store).ingest(WORKSPACE, agent_id, PRICES)
    await counting_store.close()
    embedder, store = CountingEmbedder("other"), ChromaVectorStore(tmp_path / "counting", "other")
    assert await ingestor(database, embedder, store).project(WORKSPACE, agent_id) == Projection(2, 0)
    assert len(embedder.embedded) == 2
    await store.close()


async def test_an_attached_document_answers_after_projection(
    database: Database, agent_id: str, counting_store: ChromaVectorStore
) -> None:
    knowledge = ingestor(database, CountingEmbedder(), counting_store)
    document = (await knowledge.ingest(WORKSPACE, agent_id, PRICES)).document
    other = await add_agent(database)
    for references in ((KnowledgeReference(id=document.document_id),), ()):
        changed = other.model_copy(update={"settings": AgentSettings(knowledge_base=references)})
        async with database.session() as session:
            await AgentRepository(session).replace(changed)
        await knowledge.project(WORKSPACE, other.agent_id)
        assert await counting_store.count(other.agent_id) == (2 if references else 0)
    assert await counting_store.count(agent_id) == 2


async def test_an_unknown_agent_and_an_empty_document_are_refused_before_anything_is_embedded(
    database: Database, agent_id: str, counting_store: ChromaVectorStore
) -> None:
    embedder = CountingEmbedder()
    knowledge = ingestor(database, embedder, counting_store)
    with pytest.raises(NotFoundError) as caught:
        await knowledge.ingest(WORKSPACE, "agent_none", PRICES)
    assert caught.value.code == "agent_not_found"
    with pytest.raises(InvalidInputError):
        make_document(" \n")
    assert embedder.embedded == []


def test_the_default_model_is_the_packaged_one() -> None:
    assert SentenceTransformerEmbedder("all-MiniLM-L6-v2").model_name == MINILM
