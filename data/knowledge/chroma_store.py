"""The default vector store: Chroma inside this process, on its own thread, with deadlines."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from config.errors import PhoneAgentError, VendorError
from data.knowledge.bounded_executor import BoundedExecutor
from data.knowledge.chroma_rows import READ_PAGE, batches, id_batches
from data.knowledge.embedder import Embeddings
from data.knowledge.snippet import Snippet
from data.knowledge.vector_store import VectorEntry

if TYPE_CHECKING:
    from data.knowledge.chroma_collections import ChromaCollections

T = TypeVar("T")

WRITE_TIMEOUT_SECONDS = 30.0
"""One batch of a write, or a read that is not part of a call."""


class ChromaVectorStore:
    """A `VectorStore` in a directory. Only one process may have the directory open.

    Args:
        path: `CHROMA_PATH`.
        embedding_model: Name of the model that makes the vectors; a collection of another model's vectors
            counts as absent, and is left alone until `delete_other_models`.
        max_waiting: Most operations that may wait before `CapacityError`.
    """

    def __init__(self, path: Path, embedding_model: str, *, max_waiting: int = 256) -> None:
        self._executor = BoundedExecutor("chroma", max_waiting=max_waiting)
        self._path = path
        self._embedding_model = embedding_model
        self._collections: ChromaCollections | None = None
        self._is_closed = False

    async def warm(self) -> None:
        """Import Chroma and open its files."""
        await self._run(lambda _: None, WRITE_TIMEOUT_SECONDS)

    async def upsert(self, agent_id: str, entries: Sequence[VectorEntry]) -> None:
        """Add chunks, in small batches between which queries of running calls are served."""
        for rows in batches(entries):
            await self._run(
                lambda opened, rows=rows: opened.upsert(agent_id, rows),  # type: ignore[misc]
                WRITE_TIMEOUT_SECONDS,
            )

    async def query(
        self, agent_id: str, embedding: Embeddings, *, top_k: int, deadline_seconds: float
    ) -> tuple[Snippet, ...]:
        """See `VectorStore.query`."""
        return await self._run(lambda opened: opened.query(agent_id, embedding, top_k), deadline_seconds)

    async def entries(self, agent_id: str) -> tuple[VectorEntry, ...]:
        """Everything in an agent's collection, read in pages between which queries are served."""
        found: list[VectorEntry] = []
        while True:
            begin = len(found)
            page = await self._run(
                lambda opened, begin=begin: opened.entries(agent_id, begin, READ_PAGE),  # type: ignore[misc]
                WRITE_TIMEOUT_SECONDS,
            )
            found += page
            if len(page) < READ_PAGE:
                return tuple(found)

    async def present(self, agent_id: str, chunk_ids: Sequence[str]) -> frozenset[str]:
        """Those of some chunk ids that are in an agent's collection now."""
        if not chunk_ids:
            return frozenset()
        wanted = list(chunk_ids)
        return frozenset(await self._run(lambda opened: opened.present(agent_id, wanted), WRITE_TIMEOUT_SECONDS))

    async def chunk_ids(self, agent_id: str) -> frozenset[str]:
        """The ids of everything in an agent's collection."""
        return frozenset(await self._run(lambda opened: opened.chunk_ids(agent_id), WRITE_TIMEOUT_SECONDS))

    async def count(self, agent_id: str) -> int:
        """How many chunks an agent's collection holds."""
        return await self._run(lambda opened: opened.count(agent_id), WRITE_TIMEOUT_SECONDS)

    async def delete_chunks(self, agent_id: str, chunk_ids: Sequence[str]) -> None:
        """Take chunks out, in small batches."""
        for part in id_batches(chunk_ids):
            await self._run(
                lambda opened, part=part: opened.delete(agent_id, part),  # type: ignore[misc]
                WRITE_TIMEOUT_SECONDS,
            )

    async def delete_document(self, agent_id: str, document_id: str) -> None:
        """Take all chunks of a document out of an agent's collection."""
        found = await self._run(lambda opened: opened.chunk_ids(agent_id, document_id), WRITE_TIMEOUT_SECONDS)
        await self.delete_chunks(agent_id, found)

    async def delete_agent(self, agent_id: str) -> None:
        """Drop everything of an agent."""
        await self._run(lambda opened: opened.drop(agent_id), WRITE_TIMEOUT_SECONDS)

    async def delete_other_models(self, agent_id: str) -> None:
        """See `VectorStore.delete_other_models`."""
        await self._run(lambda opened: opened.drop_other_models(agent_id), WRITE_TIMEOUT_SECONDS)

    async def close(self) -> None:
        """Close the files and end the thread; safe to call twice."""
        if not self._is_closed:
            self._is_closed = True
            if self._collections is not None:
                await self._run(lambda opened: opened.close(), WRITE_TIMEOUT_SECONDS)
            await self._executor.close()

    async def _run(self, function: "Callable[[ChromaCollections], T]", deadline_seconds: float) -> T:
        try:
            async with asyncio.timeout(deadline_seconds):
                return await self._executor.run(lambda: function(self._opened()))
        except (TimeoutError, PhoneAgentError):
            raise
        except Exception as error:
            # Chroma's engine raises its own errors, ValueError, OSError and sqlite errors for a broken store.
            raise VendorError("chroma", f"The vector store failed: {type(error).__name__}.") from error

    def _opened(self) -> "ChromaCollections":
        """In the executor's thread: import Chroma and open the directory, if that has not happened."""
        if self._collections is None:
            from data.knowledge.chroma_collections import ChromaCollections  # noqa: PLC0415

            self._collections = ChromaCollections(self._path, self._embedding_model)
        return self._collections
