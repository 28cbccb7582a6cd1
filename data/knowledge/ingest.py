"""From a document's text to chunks that answer questions.

The database is the truth and the vector store a projection of it. A document is committed whole, with its
chunks and vectors, before the store hears of it; whatever a crash leaves out of the store, or in it,
`project` puts right. So no half document ever answers, and a store can be thrown away at any time.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from loguru import logger

from config.errors import InvalidInputError, NotFoundError
from data.ids import new_id
from data.knowledge.agent_locks import AgentLocks
from data.knowledge.chunking import ChunkOptions, chunk_text
from data.knowledge.documents import SourceDocument
from data.knowledge.embedder import Embedder
from data.knowledge.storage import OpenKnowledgeStorage
from data.knowledge.vector_store import VectorEntry, VectorStore
from data.knowledge_records import DocumentType, EmbeddedChunk, KnowledgeChunk, KnowledgeDocument


@dataclass(frozen=True, slots=True)
class IngestedDocument:
    """What became of a document.

    Attributes:
        document: As it is stored.
        chunk_count: How many chunks it has.
        is_new: False when the agent already had a document with this content.
    """

    document: KnowledgeDocument
    chunk_count: int
    is_new: bool


@dataclass(frozen=True, slots=True)
class Projection:
    """What had to be done to bring an agent's collection in line with the database, in chunks."""

    added: int
    removed: int


class KnowledgeIngestor:
    """Puts documents into storage and keeps the vector store in line with it.

    Args:
        open_storage: Opens short units of work on the database.
        embedder: Makes the vectors.
        store: Where questions are looked up.
        options: Chunk sizes.
        locks: Shared with whoever else writes to the store in this process.
    """

    def __init__(
        self,
        open_storage: OpenKnowledgeStorage,
        embedder: Embedder,
        store: VectorStore,
        options: ChunkOptions | None = None,
        locks: AgentLocks | None = None,
    ) -> None:
        self._open_storage = open_storage
        self._embedder = embedder
        self._store = store
        self._options = options or ChunkOptions()
        self._locks = locks or AgentLocks()

    async def ingest(
        self,
        workspace_id: str,
        agent_id: str,
        source: SourceDocument,
        *,
        document_type: DocumentType = DocumentType.FILE,
    ) -> IngestedDocument:
        """Add a document to an agent; the agent answers from it when this returns.

        The same content twice is one document: the second time nothing is embedded.

        Raises:
            NotFoundError: `agent_not_found`.
            InvalidInputError: `document_empty`: nothing to answer from is in it.
            CapacityError: Too much waits for the embedder or the store.
            VendorError: The vector store failed; the document is stored, and `project` completes it.
        """
        known = await self._known(workspace_id, agent_id, source.content_hash)
        if known is not None:
            document, is_new = known, False
        else:
            document, is_new = await self._add(workspace_id, agent_id, source, document_type)
        async with self._lock(agent_id):
            chunks = await self._chunks(workspace_id, document.document_id)
            present = frozenset() if is_new else await self._store.chunk_ids(agent_id)
            absent = [chunk for chunk in chunks if chunk.chunk.chunk_id not in present]
            await self._store.upsert(agent_id, _entries(absent))
        logger.bind(agent_id=agent_id, document_id=document.document_id, chunks=len(chunks), is_new=is_new).info(
            "Document ingested."
        )
        return IngestedDocument(document, len(chunks), is_new)

    async def project(self, workspace_id: str, agent_id: str) -> Projection:
        """Bring an agent's collection in line with the database, whatever is in it.

        Documents that were stored with another embedding model are embedded anew, and stored with both. Nobody
        who changes the agent's documents meanwhile waits for more than one of them.

        To be called at the start, after an agent's documents were attached or detached, and whenever the
        store was lost.

        Raises:
            NotFoundError: `agent_not_found`.
            CapacityError: Too much waits for the embedder or the store.
            VendorError: The vector store failed.
        """
        # The store is read first: what is added meanwhile is then in both or only in the database, and so never
        # taken for a leftover.
        present = await self._store.chunk_ids(agent_id)
        expected: set[str] = set()
        added = 0
        for document_id in await self._document_ids(workspace_id, agent_id):
            async with self._lock(agent_id):
                try:
                    chunks = await self._chunks(workspace_id, document_id)
                except NotFoundError:
                    continue  # deleted meanwhile: what the store has of it goes with the leftovers
                absent = [chunk for chunk in chunks if chunk.chunk.chunk_id not in present]
                if absent and document_id not in await self._document_ids(workspace_id, agent_id):
                    continue  # detached meanwhile
                await self._store.upsert(agent_id, _entries(absent))
                expected.update(chunk.chunk.chunk_id for chunk in chunks)
                added += len(absent)
        leftover = sorted(present - expected)
        async with self._lock(agent_id):
            await self._store.delete_chunks(agent_id, leftover)
        return Projection(added, len(leftover))

    async def remove(self, workspace_id: str, document_id: str, *, agent_ids: Sequence[str]) -> None:
        """Delete a document; when this returns, no agent answers from it.

        Args:
            workspace_id: Whose document.
            document_id: Which.
            agent_ids: Every agent that has it.

        Raises:
            NotFoundError: `document_not_found`.
            VendorError: The vector store failed; the document is gone, and `project` completes it.
        """
        async with self._open_storage(writing=True) as storage:
            await storage.delete(workspace_id, document_id)
        for agent_id in agent_ids:
            async with self._lock(agent_id):
                await self._store.delete_document(agent_id, document_id)

    async def remove_agent(self, agent_id: str) -> None:
        """Drop an agent's collection, once the agent is deleted."""
        async with self._lock(agent_id):
            await self._store.delete_agent(agent_id)

    async def _known(self, workspace_id: str, agent_id: str, content_hash: str) -> KnowledgeDocument | None:
        async with self._open_storage(writing=False) as storage:
            documents = await storage.documents_for_agent(workspace_id, agent_id)
        for document in documents:
            if document.agent_id == agent_id and document.content_hash == content_hash:
                return document
        return None

    async def _add(
        self, workspace_id: str, agent_id: str, source: SourceDocument, document_type: DocumentType
    ) -> tuple[KnowledgeDocument, bool]:
        """Chunk, embed and store; the stored document, and whether it is this one."""
        pieces = await asyncio.to_thread(chunk_text, source.name, source.text, self._options)
        if not pieces:
            raise InvalidInputError(f"{source.name} is empty.", code="document_empty")
        embeddings = await self._embedder.embed([piece.text for piece in pieces])
        now = datetime.now(UTC)
        document = KnowledgeDocument(
            document_id=new_id("doc"),
            workspace_id=workspace_id,
            name=source.name,
            type=document_type,
            content_hash=source.content_hash,
            text=source.text,
            size_bytes=source.size_bytes,
            created_at=now,
            updated_at=now,
            agent_id=agent_id,
            filename=source.filename,
        )
        chunks = [
            KnowledgeChunk(
                chunk_id=new_id("chunk"),
                position=piece.position,
                title=" > ".join(piece.title_path) or source.name,
                text=piece.text,
            )
            for piece in pieces
        ]
        async with self._open_storage(writing=True) as storage:
            stored = await storage.add_document(document, chunks, embeddings, self._embedder.model_name)
        return stored, stored.document_id == document.document_id

    async def _document_ids(self, workspace_id: str, agent_id: str) -> list[str]:
        async with self._open_storage(writing=False) as storage:
            documents = await storage.documents_for_agent(workspace_id, agent_id)
        return [document.document_id for document in documents]

    async def _chunks(self, workspace_id: str, document_id: str) -> tuple[EmbeddedChunk, ...]:
        """The document's chunks with vectors of our model, made and stored now if it has only another's."""
        model = self._embedder.model_name
        async with self._open_storage(writing=False) as storage:
            stored = await storage.chunks(workspace_id, document_id)
        ours = tuple(chunk for chunk in stored if chunk.embedding_model == model)
        if ours or not stored:
            return ours
        others = [chunk.chunk for chunk in stored if chunk.embedding_model == stored[0].embedding_model]
        vectors = await self._embedder.embed([chunk.text for chunk in others])
        chunks = [replace(chunk, chunk_id=new_id("chunk")) for chunk in others]
        async with self._open_storage(writing=True) as storage:
            await storage.add_embeddings(workspace_id, document_id, chunks, vectors, model)
            return await storage.chunks(workspace_id, document_id, embedding_model=model)

    def _lock(self, agent_id: str) -> asyncio.Lock:
        return self._locks.of(agent_id)


def _entries(chunks: Sequence[EmbeddedChunk]) -> list[VectorEntry]:
    return [
        VectorEntry(
            chunk_id=embedded.chunk.chunk_id,
            document_id=embedded.document_id,
            title=embedded.chunk.title,
            text=embedded.chunk.text,
            position=embedded.chunk.position,
            embedding=embedded.embedding,
        )
        for embedded in chunks
    ]
