"""A vector store whose changes reach the passage indexes, whoever makes them."""

from collections.abc import Sequence

from data.knowledge.forwarding_store import ForwardingVectorStore
from data.knowledge.passage_indexes import PassageIndexes
from data.knowledge.vector_store import VectorEntry, VectorStore


class IndexedVectorStore(ForwardingVectorStore):
    """A `VectorStore` that hands everything on to another one, and tells the indexes of changes, failed ones too.

    Args:
        store: Does the work.
        indexes: Told what has changed, once it has.
    """

    def __init__(self, store: VectorStore, indexes: PassageIndexes) -> None:
        super().__init__(store)
        self._indexes = indexes

    async def warm(self) -> None:
        """Warm the store, and what builds indexes."""
        await super().warm()
        await self._indexes.warm()

    async def upsert(self, agent_id: str, entries: Sequence[VectorEntry]) -> None:
        """Store chunks and embed their passages; when this returns, questions find both."""
        if entries:
            try:
                await super().upsert(agent_id, entries)
                await self._indexes.prepare(agent_id, entries)
            except BaseException:
                # Some of it may be there all the same: from now on only the store knows.
                self._indexes.changed(agent_id)
                raise

    async def delete_chunks(self, agent_id: str, chunk_ids: Sequence[str]) -> None:
        """See `VectorStore.delete_chunks`."""
        if chunk_ids:
            try:
                await super().delete_chunks(agent_id, chunk_ids)
            finally:
                self._indexes.changed(agent_id)

    async def delete_document(self, agent_id: str, document_id: str) -> None:
        """See `VectorStore.delete_document`."""
        try:
            await super().delete_document(agent_id, document_id)
        finally:
            self._indexes.changed(agent_id)

    async def delete_agent(self, agent_id: str) -> None:
        """See `VectorStore.delete_agent`."""
        try:
            await super().delete_agent(agent_id)
        finally:
            await self._indexes.forget(agent_id)

    async def delete_other_models(self, agent_id: str) -> None:
        """See `VectorStore.delete_other_models`."""
        await super().delete_other_models(agent_id)
        await self._indexes.forget_other_models(agent_id)

    async def close(self) -> None:
        """Close the indexes, then the store."""
        await self._indexes.close()
        await super().close()
