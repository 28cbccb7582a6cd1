"""From a document's text to chunks that answer questions.

The database is the truth and the vector store a projection of it (`AgentProjector`). A document is committed
whole, with its chunks and vectors, before the store hears of it; whatever a crash leaves out of the store, or in
it, `project` puts right. So no half document ever answers, and a store can be thrown away at any time.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from weakref import WeakValueDictionary

from loguru import logger

from data.knowledge.chunking import ChunkOptions
from data.knowledge.documents import SourceDocument
from data.knowledge.embedder import Embedder
from data.knowledge.indexer import DocumentIndexer
from data.knowledge.new_records import new_chunks, new_document
from data.knowledge.prepared import PreparedDocument, prepare_document
from data.knowledge.progress import ProgressListener, halves
from data.knowledge.projector import AgentProjector, Projection
from data.knowledge.storage import OpenKnowledgeStorage
from data.knowledge.vector_store import VectorStore
from data.knowledge_records import DocumentType, KnowledgeDocument


@dataclass(frozen=True, slots=True)
class IngestedDocument:
    """What became of a document.

    Attributes:
        document: As it is stored.
        chunk_count: How many chunks it has.
        is_new: False when there already was a document with this content.
        replaced: True when a document from the same file or address had another content until now.
    """

    document: KnowledgeDocument
    chunk_count: int
    is_new: bool
    replaced: bool = False


class KnowledgeIngestor:
    """Puts documents into storage and keeps what agents answer from in line with it.

    Args:
        open_storage: Opens short units of work on the database.
        embedder: Makes the vectors.
        store: Where questions are looked up.
        options: Chunk sizes, for documents that come without chunks.
        projector: Writes to the store; None makes one.
    """

    def __init__(
        self,
        open_storage: OpenKnowledgeStorage,
        embedder: Embedder,
        store: VectorStore,
        options: ChunkOptions | None = None,
        *,
        projector: AgentProjector | None = None,
    ) -> None:
        self._open_storage = open_storage
        self._embedder = embedder
        self._options = options or ChunkOptions()
        self._projector = projector or AgentProjector(open_storage, store, embedder.model_name)
        self.indexer = DocumentIndexer(open_storage, embedder, self._projector)
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def ingest(
        self,
        workspace_id: str,
        agent_id: str,
        source: SourceDocument | PreparedDocument,
        *,
        document_type: DocumentType = DocumentType.FILE,
        on_progress: ProgressListener | None = None,
    ) -> IngestedDocument:
        """Add a document to an agent; the agent answers from it when this returns.

        The same content twice is one document: the second time nothing is embedded. A document from the same
        file or address with another content takes the place of the one before, in one step.

        Args:
            workspace_id: Whose agent.
            agent_id: Which.
            source: The document, with or without chunks.
            document_type: Where it came from.
            on_progress: Told of chunks embedded, then of chunks published; of twice as many as there are.

        Raises:
            NotFoundError: `agent_not_found`.
            InvalidInputError: `document_empty`: nothing to answer from is in it.
            CapacityError: Too much waits for the embedder or the store.
            VendorError: The vector store failed; the document is stored, and `project` completes it.
        """
        prepared = await self._prepared(source)
        count = len(prepared.chunks)
        embedded, published = halves(on_progress, count)
        # Two who ingest one document at once: the second waits, and then finds the first one's.
        async with self._lock(f"{agent_id}:{prepared.content_hash}"):
            document, is_new, outdated = await self._stored(
                workspace_id, agent_id, prepared, document_type, embedded
            )
        async with self._open_storage(writing=False) as storage:
            agents = await storage.dependents(workspace_id, document.document_id)
        for agent in agents:
            if agent.agent_id == agent_id or outdated:
                await self._projector.project(
                    workspace_id,
                    agent.agent_id,
                    outdated=outdated,
                    fresh=[document.document_id] if is_new else (),
                    on_progress=published,
                )
        logger.bind(agent_id=agent_id, document_id=document.document_id, chunks=count, is_new=is_new).info(
            "Document ingested."
        )
        return IngestedDocument(document, count, is_new, replaced=bool(outdated))

    async def project(
        self,
        workspace_id: str,
        agent_id: str,
        *,
        withdrawn: Sequence[str] = (),
        gone: Sequence[str] = (),
        embed: bool = True,
        pending: bool = True,
    ) -> Projection:
        """Bring an agent in line with the database; see `AgentProjector.project`.

        To be called at the start, after an agent's documents were attached or detached, and whenever the
        store was lost. Documents that are not embedded with our model are embedded, once the others answer.

        Args:
            workspace_id: Whose agent.
            agent_id: Which.
            withdrawn: Chunks that no question may find from now on.
            gone: Documents that the agent no longer has.
            embed: False leaves out what is not embedded with our model.
            pending: False leaves out what is not embedded with any.
        """
        before = await self._projector.project(workspace_id, agent_id, withdrawn=withdrawn, gone=gone)
        if not embed:
            return before
        async with self._open_storage(writing=False) as storage:
            named = [reference.id for reference in await storage.references(workspace_id, agent_id)]
            waiting = await storage.without_model(
                workspace_id, named, self.indexer.embedding_model, pending=pending
            )
        for document_id in waiting:
            await self.indexer.embed(workspace_id, document_id)
        after = await self._projector.project(workspace_id, agent_id) if waiting else Projection(0, 0)
        return Projection(before.added + after.added, before.removed + after.removed)

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
            chunk_ids = await storage.chunk_ids(workspace_id, [document_id], self.indexer.embedding_model)
            await storage.delete(workspace_id, document_id)
        for agent_id in agent_ids:
            await self._projector.project(workspace_id, agent_id, withdrawn=chunk_ids, gone=[document_id])

    async def remove_agent(self, agent_id: str) -> None:
        """Drop an agent's collection, once the agent is deleted."""
        await self._projector.remove_agent(agent_id)

    async def _prepared(self, source: SourceDocument | PreparedDocument) -> PreparedDocument:
        if isinstance(source, PreparedDocument):
            return source
        return await asyncio.to_thread(prepare_document, source, self._options)

    async def _stored(
        self,
        workspace_id: str,
        agent_id: str,
        prepared: PreparedDocument,
        document_type: DocumentType,
        on_progress: ProgressListener | None,
    ) -> tuple[KnowledgeDocument, bool, tuple[str, ...]]:
        """The stored and attached document, whether it is this one, and the chunks that it takes the place of."""
        async with self._open_storage(writing=True) as storage:
            await storage.references(workspace_id, agent_id)
            known = await storage.find_content(workspace_id, agent_id, prepared.content_hash)
            if known is not None:
                await storage.attach(workspace_id, agent_id, known)
            older = await storage.find_source(workspace_id, agent_id, filename=prepared.filename, url=prepared.url)
        if known is not None:
            return known, False, ()
        if older is not None:
            document, outdated = await self.indexer.swap(older, prepared, on_progress)
            async with self._open_storage(writing=True) as storage:
                await storage.attach(workspace_id, agent_id, document)
            return document, True, outdated
        document = new_document(workspace_id, agent_id, prepared, document_type)
        vectors = await self.indexer.embed_texts([chunk.text for chunk in prepared.chunks], on_progress)
        async with self._open_storage(writing=True) as storage:
            stored = await storage.add_document(
                document, new_chunks(prepared.chunks), vectors, self._embedder.model_name
            )
            await storage.attach(workspace_id, agent_id, stored)
        return stored, stored.document_id == document.document_id, ()

    def _lock(self, key: str) -> asyncio.Lock:
        return self._locks.setdefault(key, asyncio.Lock())
