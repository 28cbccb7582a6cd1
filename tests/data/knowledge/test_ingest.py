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
from data.knowledge.chunk_gate import GatedVectorStore
from data.knowledge.chunking import ChunkOptions
from data.knowledge.database_storage import knowledge_storage
from data.knowledge.documents import load_documents, make_document
from data.knowledge.embedder import Embedder, Embeddings
from data.knowledge.factory import assemble_knowledge
from data.knowledge.ingest import KnowledgeIngestor
from data.knowledge.prepared import prepare_document
from data.knowledge.projector import Projection
from data.knowledge.retriever import RetrievalOptions
from data.knowledge.sentence_transformer_embedder import SentenceTransformerEmbedder
from data.knowledge.sentence_transformer_model import MINILM
from data.knowledge.snippet import Snippet
from data.knowledge.vector_store import VectorEntry
from data.knowledge_records import DocumentType
from data.repositories.agent import AgentRepository
from data.repositories.knowledge import KnowledgeRepository
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


class SlowStore:
    """Everything in memory; takes and lets go of one chunk at a time, and lets others run between."""

    def __init__(self) -> None:
        self._entries: dict[str, VectorEntry] = {}

    async def warm(self) -> None:
        return

    async def upsert(self, agent_id: str, entries: Sequence[VectorEntry]) -> None:
        for entry in entries:
            self._entries[entry.chunk_id] = entry
            await asyncio.sleep(0.001)

    async def query(
        self, agent_id: str, embedding: Embeddings, *, top_k: int, deadline_seconds: float
    ) -> tuple[Snippet, ...]:
        await asyncio.sleep(0)
        return tuple(
            Snippet(entry.document_id, entry.chunk_id, entry.title, entry.text, 0.5)
            for entry in list(self._entries.values())[:top_k]
        )

    async def entries(self, agent_id: str) -> tuple[VectorEntry, ...]:
        return tuple(self._entries.values())

    async def present(self, agent_id: str, chunk_ids: Sequence[str]) -> frozenset[str]:
        return frozenset(chunk_ids) & self._entries.keys()

    async def chunk_ids(self, agent_id: str) -> frozenset[str]:
        return frozenset(self._entries)

    async def count(self, agent_id: str) -> int:
        return len(self._entries)

    async def delete_chunks(self, agent_id: str, chunk_ids: Sequence[str]) -> None:
        for chunk_id in chunk_ids:
            self._entries.pop(chunk_id, None)
            await asyncio.sleep(0.001)

    async def delete_document(self, agent_id: str, document_id: str) -> None:
        gone = [one.chunk_id for one in self._entries.values() if one.document_id == document_id]
        await self.delete_chunks(agent_id, gone)

    async def delete_agent(self, agent_id: str) -> None:
        self._entries.clear()

    async def delete_other_models(self, agent_id: str) -> None:
        return

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
        agent_id, "what does the battery cost", deadline_seconds=60
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


async def test_a_changed_file_takes_the_place_of_the_one_before(
    database: Database, agent_id: str, counting_store: ChromaVectorStore
) -> None:
    knowledge = ingestor(database, CountingEmbedder(), counting_store)
    before = await knowledge.ingest(WORKSPACE, agent_id, make_document("Old price: 1.", filename="p.md"))
    old_chunks = await counting_store.chunk_ids(agent_id)
    after = await knowledge.ingest(WORKSPACE, agent_id, make_document("New price: 22.", filename="p.md"))
    assert (after.replaced, after.document.document_id) == (True, before.document.document_id)
    assert not old_chunks & await counting_store.chunk_ids(agent_id)
    assert await counting_store.count(agent_id) == 1
    async with database.read() as session:
        [document] = await KnowledgeRepository(session).documents_for_agent(WORKSPACE, agent_id)
    assert document.text == "New price: 22."


async def test_no_question_sees_half_a_document_or_both_versions(database: Database, agent_id: str) -> None:
    """Asked again and again while documents come in parts, replace each other and go."""
    embedder = CountingEmbedder()
    store = SlowStore()
    knowledge = assemble_knowledge(embedder, store)
    gated = GatedVectorStore(store, knowledge.gate)
    work = knowledge.ingestor(knowledge_storage(database))
    seen: set[frozenset[str]] = set()
    done = asyncio.Event()

    async def ask() -> None:
        while not done.is_set():
            vector = await embedder.embed_query("question")
            found = await gated.query(agent_id, vector, top_k=50, deadline_seconds=5)
            seen.add(frozenset(snippet.text.split()[-2] for snippet in found))
            seen.add(frozenset({str(len(found))}) if found else frozenset())
            await asyncio.sleep(0)

    asking = asyncio.create_task(ask())
    versions = {
        version: make_document("\n\n".join(f"# H{n}\n\nPart {n} {version} ." for n in range(8)), filename="a.md")
        for version in ("old", "new")
    }
    for source in versions.values():
        stored = await work.ingest(WORKSPACE, agent_id, source)
    await work.remove(WORKSPACE, stored.document.document_id, agent_ids=[agent_id])
    done.set()
    await asking
    assert seen == {frozenset(), frozenset({"old"}), frozenset({"new"}), frozenset({"8"})}
    await knowledge.close()


async def test_a_document_that_was_only_stored_is_embedded_after_a_crash(
    database: Database, agent_id: str, counting_store: ChromaVectorStore
) -> None:
    embedder = CountingEmbedder()
    knowledge = ingestor(database, embedder, counting_store)
    prepared = prepare_document(PRICES, ChunkOptions())
    document, is_new = await knowledge.indexer.store(WORKSPACE, prepared, document_type=DocumentType.TEXT)
    assert is_new
    async with database.session() as session:
        await KnowledgeRepository(session).attach(WORKSPACE, agent_id, document)
    assert embedder.embedded == []
    assert await knowledge.project(WORKSPACE, agent_id) == Projection(2, 0)
    steps: list[tuple[int, int]] = []
    await knowledge.indexer.index(WORKSPACE, document.document_id, on_progress=lambda *step: steps.append(step))
    assert (len(embedder.embedded), steps) == (2, [])


async def test_prompt_documents_are_not_searched(
    database: Database, agent_id: str, counting_store: ChromaVectorStore
) -> None:
    knowledge = assemble_knowledge(CountingEmbedder(), counting_store)
    work = knowledge.ingestor(knowledge_storage(database))
    document = (await work.ingest(WORKSPACE, agent_id, PRICES)).document
    source = knowledge.shelf.source(agent_id)
    assert source() == ()
    for usage in ("prompt", "auto"):
        async with database.session() as session:
            agent = await AgentRepository(session).get(WORKSPACE, agent_id)
            references = (KnowledgeReference(id=document.document_id, usage_mode=usage),)
            settings = agent.settings.model_copy(update={"knowledge_base": references})
            await AgentRepository(session).replace(agent.model_copy(update={"settings": settings}))
        await work.project(WORKSPACE, agent_id)
        assert [whole.text for whole in source()] == ([PRICES.text] if usage == "prompt" else [])
        assert await counting_store.count(agent_id) == (0 if usage == "prompt" else 2)


async def test_progress_is_told_of_embedding_and_publishing(
    database: Database, agent_id: str, counting_store: ChromaVectorStore
) -> None:
    steps: list[tuple[int, int]] = []
    await ingestor(database, CountingEmbedder(), counting_store).ingest(
        WORKSPACE, agent_id, PRICES, on_progress=lambda *step: steps.append(step)
    )
    assert steps == [(2, 4), (4, 4)]
