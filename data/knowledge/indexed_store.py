"""A vector store whose changes reach the passage indexes, whoever makes them."""

from collections.abc import Sequence

from data.knowledge.embedder import Embeddings
from data.knowledge.passage_indexes import PassageIndexes
from data.knowledge.snippet import Snippet
from data.knowledge.vector_store import VectorEntry, VectorStore


class IndexedVectorStore:
    """A `VectorStore` that hands everything on to another one, and tells the indexes of changes.

    Args:
        store: Does the work.
        indexes: Told what has changed, once it has.
    """

    def __init__(self, store: VectorStore, indexes: PassageIndexes) -> None:
        self._store = store
        self._indexes = indexes

    async def warm(self) -> None:
        """Warm the store, and what builds indexes."""
        await self._store.warm()
        await self._indexes.warm()

    async def upsert(self, agent_id: str, entries: Sequence[VectorEntry]) -> None:
        """Store chunks and embed their passages; when this returns, questions find both."""
        if entries:
            await self._store.upsert(agent_id, entries)
            await self._indexes.prepare(agent_id, entries)

    async def query(
        self, agent_id: str, embedding: Embeddings, *, top_k: int, deadline_seconds: float
    ) -> tuple[Snippet, ...]:
        """See `VectorStore.query`."""
        return await self._store.query(agent_id, embedding, top_k=top_k, deadline_seconds=deadline_seconds)

    async def entries(self, agent_id: str) -> tuple[VectorEntry, ...]:
        """See `VectorStore.entries`."""
        return await self._store.entries(agent_id)

    async def present(self, agent_id: str, chunk_ids: Sequence[str]) -> frozenset[str]:
        """See `VectorStore.present`."""
        return await self._store.present(agent_id, chunk_ids)

    async def chunk_ids(self, agent_id: str) -> frozenset[str]:
        """See `VectorStore.chunk_ids`."""
        return await self._store.chunk_ids(agent_id)

    async def count(self, agent_id: str) -> int:
        """See `VectorStore.count`."""
        return await self._store.count(agent_id)

    async def delete_chunks(self, agent_id: str, chunk_ids: Sequence[str]) -> None:
        """See `VectorStore.delete_chunks`."""
        if chunk_ids:
            await self._store.delete_chunks(agent_id, chunk_ids)
            self._indexes.changed(agent_id)

    async def delete_document(self, agent_id: str, document_id: str) -> None:
        """See `VectorStore.delete_document`."""
        await self._store.delete_document(agent_id, document_id)
        self._indexes.changed(agent_id)

    async def delete_agent(self, agent_id: str) -> None:
        """See `VectorStore.delete_agent`."""
        await self._store.delete_agent(agent_id)
        await self._indexes.forget(agent_id)

    async def delete_other_models(self, agent_id: str) -> None:
        """See `VectorStore.delete_other_models`."""
        await self._store.delete_other_models(agent_id)
        await self._indexes.forget_other_models(agent_id)

    async def close(self) -> None:
        """Close the indexes, then the store."""
        await self._indexes.close()
        await self._store.close()
