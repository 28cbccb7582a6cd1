"""What stands before a vector store and changes only some of what it does."""

from collections.abc import Sequence

from data.knowledge.embedder import Embeddings
from data.knowledge.snippet import Snippet
from data.knowledge.vector_store import VectorEntry, VectorStore


class ForwardingVectorStore:
    """A `VectorStore` that leaves everything to another one; what is to be otherwise is overridden.

    Args:
        store: The one behind it.
    """

    def __init__(self, store: VectorStore) -> None:
        self._store = store

    async def warm(self) -> None:
        """See `VectorStore.warm`."""
        await self._store.warm()

    async def upsert(self, agent_id: str, entries: Sequence[VectorEntry]) -> None:
        """See `VectorStore.upsert`."""
        await self._store.upsert(agent_id, entries)

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
        await self._store.delete_chunks(agent_id, chunk_ids)

    async def delete_document(self, agent_id: str, document_id: str) -> None:
        """See `VectorStore.delete_document`."""
        await self._store.delete_document(agent_id, document_id)

    async def delete_agent(self, agent_id: str) -> None:
        """See `VectorStore.delete_agent`."""
        await self._store.delete_agent(agent_id)

    async def delete_other_models(self, agent_id: str) -> None:
        """See `VectorStore.delete_other_models`."""
        await self._store.delete_other_models(agent_id)

    async def close(self) -> None:
        """See `VectorStore.close`."""
        await self._store.close()
