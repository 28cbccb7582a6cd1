"""A vector store that is not asked what is in memory already.

An agent's passage index holds its chunks with their vectors. As long as it is as new as the store, and nobody but
this process changes the store, it knows all that the store does: the few hundred chunks that most agents have are
compared with a question sooner than the store is asked, and exactly.
"""

from collections.abc import Sequence

from data.knowledge.embedder import Embeddings
from data.knowledge.forwarding_store import ForwardingVectorStore
from data.knowledge.passage_indexes import PassageIndexes
from data.knowledge.snippet import Snippet
from data.knowledge.vector_store import VectorStore


class RememberedVectorStore(ForwardingVectorStore):
    """A `VectorStore` for calls' questions, which changes nothing.

    Args:
        store: Asked where memory is behind, or has too much to be compared.
        indexes: What is in memory.
    """

    def __init__(self, store: VectorStore, indexes: PassageIndexes) -> None:
        super().__init__(store)
        self._indexes = indexes

    async def query(
        self, agent_id: str, embedding: Embeddings, *, top_k: int, deadline_seconds: float
    ) -> tuple[Snippet, ...]:
        """See `VectorStore.query`."""
        index = self._indexes.current(agent_id)
        if index is None or not index.is_small:
            return await super().query(agent_id, embedding, top_k=top_k, deadline_seconds=deadline_seconds)
        return index.nearest(embedding, top_k)

    async def present(self, agent_id: str, chunk_ids: Sequence[str]) -> frozenset[str]:
        """See `VectorStore.present`."""
        index = self._indexes.current(agent_id)
        if index is None:
            return await super().present(agent_id, chunk_ids)
        return frozenset(chunk_id for chunk_id in chunk_ids if index.holds(chunk_id))
