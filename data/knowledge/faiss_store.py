"""A vector store in memory, saved to a directory: FAISS, on its own thread, with deadlines."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from config.errors import PhoneAgentError, VendorError
from data.knowledge.bounded_executor import BoundedExecutor
from data.knowledge.embedder import Embeddings
from data.knowledge.snippet import Snippet
from data.knowledge.vector_store import VectorEntry

if TYPE_CHECKING:
    from data.knowledge.faiss_collections import FaissCollections

T = TypeVar("T")

WRITE_TIMEOUT_SECONDS = 60.0


class FaissVectorStore:
    """A `VectorStore` in a directory. Only one process may have the directory open.

    Every write saves the agent's whole collection: right for thousands of chunks, not for millions.

    Args:
        path: `FAISS_PATH`.
        embedding_model: Name of the model that makes the vectors; a collection of another model's vectors
            counts as absent, and is left alone until `delete_other_models`.
        max_waiting: Most operations that may wait before `CapacityError`.
    """

    def __init__(self, path: Path, embedding_model: str, *, max_waiting: int = 256) -> None:
        self._executor = BoundedExecutor("faiss", max_waiting=max_waiting)
        self._path = path
        self._embedding_model = embedding_model
        self._collections: FaissCollections | None = None

    async def warm(self) -> None:
        """Import FAISS and open the directory."""
        await self._run(lambda _: None)

    async def upsert(self, agent_id: str, entries: Sequence[VectorEntry]) -> None:
        """Add chunks and save."""
        if entries:
            await self._run(lambda opened: opened.upsert(agent_id, entries))

    async def query(
        self, agent_id: str, embedding: Embeddings, *, top_k: int, deadline_seconds: float
    ) -> tuple[Snippet, ...]:
        """See `VectorStore.query`."""
        return await self._run(lambda opened: opened.query(agent_id, embedding, top_k), deadline_seconds)

    async def entries(self, agent_id: str) -> tuple[VectorEntry, ...]:
        """Everything in an agent's collection."""
        return await self._run(lambda opened: opened.entries(agent_id))

    async def present(self, agent_id: str, chunk_ids: Sequence[str]) -> frozenset[str]:
        """Those of some chunk ids that are in an agent's collection now."""
        return frozenset(chunk_ids) & await self.chunk_ids(agent_id)

    async def chunk_ids(self, agent_id: str) -> frozenset[str]:
        """The ids of everything in an agent's collection."""
        return frozenset(await self._run(lambda opened: opened.chunk_ids(agent_id)))

    async def count(self, agent_id: str) -> int:
        """How many chunks an agent's collection holds."""
        return len(await self.chunk_ids(agent_id))

    async def delete_chunks(self, agent_id: str, chunk_ids: Sequence[str]) -> None:
        """Take chunks out and save."""
        await self._run(lambda opened: opened.delete(agent_id, chunk_ids))

    async def delete_document(self, agent_id: str, document_id: str) -> None:
        """Take all chunks of a document out of an agent's collection, and save."""
        await self._run(lambda opened: opened.delete_document(agent_id, document_id))

    async def delete_agent(self, agent_id: str) -> None:
        """Drop everything of an agent."""
        await self._run(lambda opened: opened.drop(agent_id))

    async def delete_other_models(self, agent_id: str) -> None:
        """See `VectorStore.delete_other_models`."""
        await self._run(lambda opened: opened.drop_other_models(agent_id))

    async def close(self) -> None:
        """End the thread; everything is saved already. Safe to call twice."""
        await self._executor.close()

    async def _run(
        self, function: "Callable[[FaissCollections], T]", deadline_seconds: float = WRITE_TIMEOUT_SECONDS
    ) -> T:
        try:
            async with asyncio.timeout(deadline_seconds):
                return await self._executor.run(lambda: function(self._opened()))
        except (TimeoutError, PhoneAgentError):
            raise
        except Exception as error:
            # FAISS raises RuntimeError and AssertionError for what it does not like, the disk OSError.
            raise VendorError("faiss", f"The vector store failed: {type(error).__name__}.") from error

    def _opened(self) -> "FaissCollections":
        """In the executor's thread: import FAISS and open the directory, if that has not happened."""
        if self._collections is None:
            from data.knowledge.faiss_collections import FaissCollections  # noqa: PLC0415

            self._collections = FaissCollections(self._path, self._embedding_model)
        return self._collections
