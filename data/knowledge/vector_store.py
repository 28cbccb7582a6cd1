"""The seam to whatever finds the nearest vectors; everything in it can be rebuilt from the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from data.knowledge.embedder import Embeddings
from data.knowledge.snippet import Snippet


@dataclass(frozen=True, slots=True, eq=False)
class VectorEntry:
    """One chunk as the store keeps it."""

    chunk_id: str
    document_id: str
    title: str
    text: str
    position: int
    embedding: Embeddings


class VectorStore(Protocol):
    """One collection per agent. An agent's query can only ever see that agent's collection.

    A store is for one embedding model. What is there with vectors of another counts as absent and is left alone,
    so that a second store can still answer from it.

    Every method raises `VendorError` when the store fails and `CapacityError` when too much waits for it.
    """

    async def warm(self) -> None:
        """Open the store, so that the first caller does not wait for it."""
        ...

    async def upsert(self, agent_id: str, entries: Sequence[VectorEntry]) -> None:
        """Add chunks to an agent's collection; a known chunk id is replaced."""
        ...

    async def query(
        self, agent_id: str, embedding: Embeddings, *, top_k: int, deadline_seconds: float
    ) -> tuple[Snippet, ...]:
        """The nearest chunks, nearest first; none for an agent without a collection.

        Raises:
            TimeoutError: No answer within the deadline.
        """
        ...

    async def entries(self, agent_id: str) -> tuple[VectorEntry, ...]:
        """Everything in an agent's collection, with vectors, in no order."""
        ...

    async def present(self, agent_id: str, chunk_ids: Sequence[str]) -> frozenset[str]:
        """Those of some chunk ids (a few) that are in an agent's collection now."""
        ...

    async def chunk_ids(self, agent_id: str) -> frozenset[str]:
        """The ids of everything in an agent's collection."""
        ...

    async def count(self, agent_id: str) -> int:
        """How many chunks an agent's collection holds."""
        ...

    async def delete_chunks(self, agent_id: str, chunk_ids: Sequence[str]) -> None:
        """Take chunks out; unknown ids are ignored."""
        ...

    async def delete_document(self, agent_id: str, document_id: str) -> None:
        """Take all chunks of a document out of an agent's collection."""
        ...

    async def delete_agent(self, agent_id: str) -> None:
        """Drop everything of an agent, of this embedding model and of others."""
        ...

    async def delete_other_models(self, agent_id: str) -> None:
        """Drop an agent's chunks with vectors of other embedding models, which answer no more."""
        ...

    async def close(self) -> None:
        """Release files, connections and threads; safe to call twice."""
        ...
