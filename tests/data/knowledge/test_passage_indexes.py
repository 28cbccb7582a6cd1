"""Indexes are made once, renewed when documents change, kept over a restart, and never waited for too long."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from config.errors import CapacityError
from data.knowledge.chroma_store import ChromaVectorStore
from data.knowledge.embedder import Embeddings
from data.knowledge.indexed_store import IndexedVectorStore
from data.knowledge.passage_cache import PassageCache
from data.knowledge.passage_indexes import PassageIndexes
from data.knowledge.sentence_transformer_model import MINILM
from data.knowledge.vector_store import VectorEntry

WAIT = 10.0


class CountingEmbedder:
    """The same vector for everything; counts, and fails or waits when told to."""

    model_name = MINILM

    def __init__(self) -> None:
        self.embedded: list[str] = []
        self.is_full = False
        self.may_go = asyncio.Event()
        self.may_go.set()

    async def warm(self) -> None:
        return

    async def embed(self, texts: Sequence[str]) -> Embeddings:
        if self.is_full:
            raise CapacityError("full")
        await self.may_go.wait()
        self.embedded += texts
        return np.full((len(texts), 2), 2**-0.5, dtype=np.float32)

    async def embed_query(self, text: str) -> Embeddings:
        return (await self.embed_queries([text]))[0]

    async def embed_queries(self, texts: Sequence[str]) -> tuple[Embeddings, ...]:
        return tuple(await self.embed(texts))

    async def close(self) -> None:
        return


def entry(name: str, text: str = "A statement. Another statement.") -> VectorEntry:
    return VectorEntry(name, "doc_1", "", text, 0, np.array([1, 0], dtype=np.float32))


async def test_an_index_follows_its_documents(store: ChromaVectorStore) -> None:
    embedder = CountingEmbedder()
    indexes = PassageIndexes(embedder, store, None)
    documents = IndexedVectorStore(store, indexes)
    await documents.upsert("agent_1", [entry("a")])
    index = await indexes.get("agent_1", wait_seconds=WAIT)
    assert index is not None
    assert index.is_complete
    assert len(embedder.embedded) == 2
    assert await indexes.get("agent_1", wait_seconds=WAIT) is index
    await documents.upsert("agent_1", [entry("b")])
    renewed = await indexes.get("agent_1", wait_seconds=WAIT)
    assert renewed is not None
    assert renewed.chunk_ids == {"a", "b"}
    assert len(embedder.embedded) == 4, "what was embedded is not embedded again"
    await documents.delete_chunks("agent_1", ["a"])
    renewed = await indexes.get("agent_1", wait_seconds=WAIT)
    assert renewed is not None
    assert renewed.chunk_ids == {"b"}
    await documents.delete_agent("agent_1")
    await documents.close()


async def test_what_changes_while_an_index_is_made_is_in_the_one_that_is_waited_for(
    store: ChromaVectorStore,
) -> None:
    indexes = PassageIndexes(CountingEmbedder(), store, None)
    await store.upsert("agent_1", [entry("a")])
    assert await indexes.get("agent_1", wait_seconds=0.0) is None
    await store.upsert("agent_1", [entry("b")])
    indexes.changed("agent_1")
    index = await indexes.get("agent_1", wait_seconds=WAIT)
    assert index is not None
    assert index.chunk_ids == {"a", "b"}
    await indexes.close()


async def test_nobody_waits_longer_than_they_want_to(store: ChromaVectorStore) -> None:
    embedder = CountingEmbedder()
    embedder.may_go.clear()
    indexes = PassageIndexes(embedder, store, None)
    await store.upsert("agent_1", [entry("a")])
    first = await indexes.get("agent_1", wait_seconds=0.0)
    assert first is None
    while (first := await indexes.get("agent_1", wait_seconds=0.02)) is None:
        pass
    assert not first.is_complete, "passages without vectors are better than no index"
    embedder.may_go.set()
    await asyncio.gather(*indexes._builds.values())
    whole = await indexes.get("agent_1", wait_seconds=WAIT)
    assert whole is not None
    assert whole.is_complete
    await indexes.close()


async def test_a_full_embedder_is_asked_again_later(store: ChromaVectorStore) -> None:
    embedder = CountingEmbedder()
    embedder.is_full = True
    indexes = PassageIndexes(embedder, store, None)
    await store.upsert("agent_1", [entry("a")])
    index = await indexes.get("agent_1", wait_seconds=WAIT)
    assert index is not None
    assert not index.is_complete
    embedder.is_full = False
    index = await indexes.get("agent_1", wait_seconds=WAIT)
    assert index is not None
    assert index.is_complete
    await indexes.close()


async def test_passages_are_not_embedded_again_after_a_restart(store: ChromaVectorStore, tmp_path: Path) -> None:
    cache = PassageCache(tmp_path / "passages", MINILM)
    await store.upsert("agent_1", [entry("a"), entry("b", "Something else altogether.")])
    for expected in (3, 0):
        embedder = CountingEmbedder()
        indexes = PassageIndexes(embedder, store, cache)
        index = await indexes.get("agent_1", wait_seconds=WAIT)
        assert index is not None
        assert index.is_complete
        assert len(embedder.embedded) == expected
        await indexes.close()
    indexes = PassageIndexes(CountingEmbedder(), store, cache)
    documents = IndexedVectorStore(store, indexes)
    await documents.upsert("agent_1", [entry("c")])
    await indexes.get("agent_1", wait_seconds=WAIT)
    await indexes.close()
    assert set(cache.read("agent_1")) == {"a", "b", "c"}, "what was ingested is kept too"
    assert PassageCache(tmp_path / "passages", "other").read("agent_1") == {}
    for file in (tmp_path / "passages").iterdir():
        file.write_bytes(b"not a zip")
    assert cache.read("agent_1") == {}
    cache.delete("agent_1")
    assert list((tmp_path / "passages").iterdir()) == []


async def test_memory_has_a_bound(store: ChromaVectorStore) -> None:
    indexes = PassageIndexes(CountingEmbedder(), store, None, most_chunks=2)
    for agent in ("agent_1", "agent_2", "agent_3"):
        await store.upsert(agent, [entry("a")])
        assert await indexes.get(agent, wait_seconds=WAIT) is not None
    assert list(indexes._indexes) == ["agent_2", "agent_3"]
    await indexes.close()
