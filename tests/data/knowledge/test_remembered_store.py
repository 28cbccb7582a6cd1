"""What is in memory is not asked for again, for exactly as long as it is as new as the store."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from config.errors import CapacityError, VendorError
from config.settings import Settings
from data.knowledge import factory, passage_index
from data.knowledge.chroma_store import ChromaVectorStore
from data.knowledge.embedder import Embeddings
from data.knowledge.indexed_store import IndexedVectorStore
from data.knowledge.passage_indexes import PassageIndexes
from data.knowledge.remembered_store import RememberedVectorStore
from data.knowledge.sentence_transformer_model import MINILM
from data.knowledge.snippet import Snippet
from data.knowledge.vector_store import VectorEntry
from tests.data.knowledge.test_passage_indexes import CountingEmbedder

AGENT = "agent_1"
WAIT = 10.0


class CountingStore(ChromaVectorStore):
    """A real one that counts its questions, and breaks when told to."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, MINILM)
        self.queries = 0
        self.is_broken = False
        self.has_read = asyncio.Event()
        self.may_go_on = asyncio.Event()
        self.may_go_on.set()

    async def entries(self, agent_id: str) -> tuple[VectorEntry, ...]:
        found = await super().entries(agent_id)
        self.has_read.set()
        await self.may_go_on.wait()
        return found

    async def query(
        self, agent_id: str, embedding: Embeddings, *, top_k: int, deadline_seconds: float
    ) -> tuple[Snippet, ...]:
        self.queries += 1
        if self.is_broken:
            raise VendorError("chroma", "down")
        return await super().query(agent_id, embedding, top_k=top_k, deadline_seconds=deadline_seconds)

    async def present(self, agent_id: str, chunk_ids: Sequence[str]) -> frozenset[str]:
        self.queries += 1
        return await super().present(agent_id, chunk_ids)


class House:
    """A store, the documents in it, and what answers from memory."""

    def __init__(self, store: CountingStore) -> None:
        self.store = store
        self.embedder = CountingEmbedder()
        self.indexes = PassageIndexes(self.embedder, store, None)
        self.documents = IndexedVectorStore(store, self.indexes)
        self.remembered = RememberedVectorStore(store, self.indexes)

    async def ask(self, vector: Embeddings, top_k: int = 3) -> list[str]:
        found = await self.remembered.query(AGENT, vector, top_k=top_k, deadline_seconds=WAIT)
        return [snippet.chunk_id for snippet in found]

    async def learn(self) -> None:
        assert await self.indexes.get(AGENT, wait_seconds=WAIT) is not None


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    house = House(CountingStore(tmp_path / "chroma"))
    yield house
    await house.documents.close()


def vectors(count: int) -> Embeddings:
    made = np.random.default_rng(7).normal(size=(count, 32)).astype(np.float32)
    length: Embeddings = made / np.linalg.norm(made, axis=1, keepdims=True)
    return length


def entries(count: int) -> list[VectorEntry]:
    return [
        VectorEntry(f"chunk_{number}", "doc_1", "Title", f"Statement {number}.", number, vector)
        for number, vector in enumerate(vectors(count))
    ]


async def test_memory_says_what_the_store_says(house: House) -> None:
    await house.documents.upsert(AGENT, entries(60))
    await house.learn()
    question = vectors(61)[60]
    from_memory = await house.remembered.query(AGENT, question, top_k=5, deadline_seconds=WAIT)
    assert house.store.queries == 0
    from_store = await house.store.query(AGENT, question, top_k=5, deadline_seconds=WAIT)
    assert [found.chunk_id for found in from_memory] == [found.chunk_id for found in from_store]
    assert [(found.document_id, found.title, found.text) for found in from_memory] == [
        (found.document_id, found.title, found.text) for found in from_store
    ]
    distances = [found.vector_distance for found in from_store]
    assert [found.vector_distance for found in from_memory] == pytest.approx(distances, abs=1e-3)


async def test_fewer_chunks_than_are_asked_for_are_all_there_are(house: House) -> None:
    await house.documents.upsert(AGENT, entries(2))
    await house.learn()
    assert sorted(await house.ask(vectors(1)[0])) == ["chunk_0", "chunk_1"]
    assert await house.remembered.present(AGENT, ("chunk_1", "chunk_9")) == {"chunk_1"}
    assert house.store.queries == 0


async def test_the_store_is_asked_until_memory_knows_of_a_change(house: House) -> None:
    first, second = entries(2)
    assert await house.ask(first.embedding) == []
    await house.documents.upsert(AGENT, [first, second])
    await house.learn()
    await house.documents.delete_chunks(AGENT, ["chunk_0"])
    house.store.queries = 0
    assert await house.ask(first.embedding) == ["chunk_1"]
    assert await house.remembered.present(AGENT, ("chunk_0", "chunk_1")) == {"chunk_1"}
    assert house.store.queries == 2, "what is in memory still has what was deleted"
    await house.learn()
    assert await house.ask(first.embedding) == ["chunk_1"]
    assert house.store.queries == 2


async def test_an_agent_that_was_deleted_is_not_remembered(house: House) -> None:
    await house.documents.upsert(AGENT, entries(2))
    await house.learn()
    await house.documents.delete_agent(AGENT)
    assert await house.ask(vectors(1)[0]) == []


async def test_what_was_stored_though_an_error_said_otherwise_is_found(house: House) -> None:
    first, second = entries(2)
    await house.documents.upsert(AGENT, [first])
    await house.learn()
    house.embedder.is_full = True
    with pytest.raises(CapacityError):
        await house.documents.upsert(AGENT, [second])
    house.embedder.is_full = False
    assert await house.ask(second.embedding) == ["chunk_1", "chunk_0"]
    await house.learn()
    assert await house.ask(second.embedding) == ["chunk_1", "chunk_0"]


async def test_an_index_that_was_being_made_does_not_bring_a_deleted_agent_back(house: House) -> None:
    await house.store.upsert(AGENT, entries(2))
    house.store.may_go_on.clear()
    assert await house.indexes.get(AGENT, wait_seconds=0) is None
    (build,) = (task for task in asyncio.all_tasks() if task.get_name() == "passage-index")
    await house.store.has_read.wait()
    await house.documents.delete_agent(AGENT)
    house.store.may_go_on.set()
    await asyncio.gather(build, return_exceptions=True)
    assert house.indexes.current(AGENT) is None
    assert await house.ask(vectors(1)[0]) == []


async def test_a_large_agents_chunks_are_left_to_the_store(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passage_index, "SMALL_NUMBERS", 5 * 32)
    await house.documents.upsert(AGENT, entries(6))
    await house.learn()
    assert len(await house.ask(vectors(1)[0])) == 3
    assert house.store.queries == 1


async def test_a_store_that_breaks_down_costs_no_answer(house: House) -> None:
    await house.documents.upsert(AGENT, entries(6))
    await house.learn()
    house.store.is_broken = True
    assert len(await house.ask(vectors(1)[0])) == 3


@pytest.mark.parametrize("chroma_url", ["http://chroma:8000", None])
async def test_a_server_that_others_change_too_is_asked_every_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chroma_url: str | None
) -> None:
    store = CountingStore(tmp_path / "chroma")
    monkeypatch.setattr(factory, "build_store", lambda *_: store)
    monkeypatch.setattr(factory, "build_embedder", lambda _: CountingEmbedder())
    settings = Settings.model_validate({"chroma_url": chroma_url, "chroma_path": tmp_path / "chroma"})
    knowledge = factory.build_knowledge(settings)
    await knowledge.own_store.upsert(AGENT, [VectorEntry("a", "doc_1", "", "A.", 0, vectors(1)[0][:2])])
    await knowledge.retriever.retrieve(AGENT, "How much is it?", deadline_seconds=WAIT)
    store.queries = 0
    await knowledge.retriever.retrieve(AGENT, "How long is it?", deadline_seconds=WAIT)
    assert (store.queries > 0) is (chroma_url is not None)
    await knowledge.close()
