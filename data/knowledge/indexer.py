"""Stores documents, embeds them, and gives them another content; the steps that ingestion and REST share.

Storing and embedding are two steps: a document that is stored but not embedded yet is not lost by a crash, and no
agent answers from it.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from weakref import WeakValueDictionary

import numpy as np

from data.ids import new_id
from data.knowledge.embedder import Embedder, Embeddings
from data.knowledge.new_records import new_chunks, new_document
from data.knowledge.prepared import PreparedDocument
from data.knowledge.progress import ProgressListener, halves
from data.knowledge.projector import AgentProjector
from data.knowledge.storage import OpenKnowledgeStorage
from data.knowledge_records import UNEMBEDDED, DocumentType, KnowledgeChunk, KnowledgeDocument

EMBED_BATCH = 128
"""Chunks embedded at once; between batches progress is told, and queries of calls go first."""


class DocumentIndexer:
    """Brings documents from text to vectors.

    Args:
        open_storage: Opens short units of work on the database.
        embedder: Makes the vectors.
        projector: Lets agents answer from them.
    """

    def __init__(self, open_storage: OpenKnowledgeStorage, embedder: Embedder, projector: AgentProjector) -> None:
        self._open_storage = open_storage
        self._embedder = embedder
        self._projector = projector
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @property
    def embedding_model(self) -> str:
        """Whose vectors it makes."""
        return self._embedder.model_name

    async def store(
        self,
        workspace_id: str,
        prepared: PreparedDocument,
        *,
        document_type: DocumentType,
    ) -> tuple[KnowledgeDocument, bool]:
        """Store a document of the workspace, to be embedded by `index` later.

        Returns:
            The document, and False when the workspace had one with this content.
        """
        document = new_document(workspace_id, None, prepared, document_type)
        chunks = new_chunks(prepared.chunks)
        async with self._open_storage(writing=True) as storage:
            stored = await storage.add_document(
                document, chunks, np.zeros((len(chunks), 0), dtype=np.float32), UNEMBEDDED
            )
        return stored, stored.document_id == document.document_id

    async def index(
        self, workspace_id: str, document_id: str, *, on_progress: ProgressListener | None = None
    ) -> None:
        """Embed a stored document with our model, if it is not, and let its agents answer from it.

        Raises:
            NotFoundError: `document_not_found`.
            CapacityError: Too much waits for the embedder or the store.
            VendorError: The vector store failed; `project` completes it.
        """
        embedded, published = halves(on_progress, None)
        await self.embed(workspace_id, document_id, on_progress=embedded)
        await self.project_dependents(workspace_id, document_id, on_progress=published)

    async def embed(
        self, workspace_id: str, document_id: str, *, on_progress: ProgressListener | None = None
    ) -> None:
        """Embed a stored document with our model, if it is not; nobody answers from it yet.

        Raises:
            NotFoundError: `document_not_found`.
            CapacityError: Too much waits for the embedder.
        """
        async with self._lock(document_id):
            async with self._open_storage(writing=False) as storage:
                document = await storage.get(workspace_id, document_id)
                known = await storage.chunk_ids(workspace_id, [document_id], self._embedder.model_name)
                stored = () if known else await storage.chunks(workspace_id, document_id)
            if stored:
                base = [chunk for chunk in stored if chunk.embedding_model == stored[0].embedding_model]
                vectors = await self.embed_texts([chunk.chunk.text for chunk in base], on_progress)
                await self._keep(document, [chunk.chunk for chunk in base], vectors, stored[0].embedding_model)

    async def replace_content(
        self, workspace_id: str, document_id: str, prepared: PreparedDocument, *, keep_name: bool = False
    ) -> KnowledgeDocument:
        """Give a stored document another text; until all of it is there, questions find the old one.

        Args:
            workspace_id: Whose document.
            document_id: Which.
            prepared: What it says from now on; of the same text, nothing of it is taken over.
            keep_name: Keep the name that it has by the time that the text is there.

        Raises:
            NotFoundError: `document_not_found`.
            InvalidInputError: `document_exists`: another document has this content.
            CapacityError: Too much waits for the embedder or the store.
            VendorError: The vector store failed; `project` completes it.
        """
        async with self._lock(document_id):
            async with self._open_storage(writing=False) as storage:
                stored = await storage.get(workspace_id, document_id)
            if stored.content_hash == prepared.content_hash:
                return stored
            changed, outdated = await self.swap(stored, prepared, None, keep_name=keep_name)
        await self.project_dependents(workspace_id, document_id, outdated=outdated)
        return changed

    async def project_dependents(
        self,
        workspace_id: str,
        document_id: str,
        *,
        outdated: Sequence[str] = (),
        on_progress: ProgressListener | None = None,
    ) -> None:
        """Bring every agent in line that has a document."""
        async with self._open_storage(writing=False) as storage:
            agents = await storage.dependents(workspace_id, document_id)
        for agent in agents:
            await self._projector.project(workspace_id, agent.agent_id, outdated=outdated, on_progress=on_progress)

    async def swap(
        self,
        stored: KnowledgeDocument,
        prepared: PreparedDocument,
        on_progress: ProgressListener | None,
        *,
        keep_name: bool = False,
    ) -> tuple[KnowledgeDocument, tuple[str, ...]]:
        """Embed and store another content; the changed document, and the ids of the chunks that it had.

        Nobody answers from it before `AgentProjector.project`.

        Raises:
            InvalidInputError: `document_exists`: another document has this content.
        """
        vectors = await self.embed_texts([chunk.text for chunk in prepared.chunks], on_progress)
        changed = replace(
            stored,
            name=prepared.name,
            text=prepared.text,
            content_hash=prepared.content_hash,
            size_bytes=prepared.size_bytes,
            filename=prepared.filename or stored.filename,
            updated_at=datetime.now(UTC),
        )
        async with self._open_storage(writing=True) as storage:
            if keep_name:
                # Embedding takes a while, in which somebody may have given it another.
                current = await storage.get(stored.workspace_id, stored.document_id)
                changed = replace(changed, name=current.name)
            outdated = await storage.replace_content(
                changed, new_chunks(prepared.chunks), vectors, self._embedder.model_name
            )
        return changed, outdated

    async def embed_texts(self, texts: Sequence[str], on_progress: ProgressListener | None = None) -> Embeddings:
        """Embed texts in batches, telling how far it is; queries of calls go between them.

        Raises:
            CapacityError: Too much waits for the embedder.
        """
        parts: list[Embeddings] = []
        for begin in range(0, len(texts), EMBED_BATCH):
            parts.append(await self._embedder.embed(texts[begin : begin + EMBED_BATCH]))
            if on_progress is not None:
                on_progress(min(begin + EMBED_BATCH, len(texts)), len(texts))
        vectors: Embeddings = np.concatenate(parts)
        return vectors

    async def _keep(
        self,
        document: KnowledgeDocument,
        chunks: list[KnowledgeChunk],
        vectors: Embeddings,
        former_model: str,
    ) -> None:
        model = self._embedder.model_name
        async with self._open_storage(writing=True) as storage:
            if former_model == UNEMBEDDED:
                await storage.put_chunks(document, chunks, vectors, model)
            else:
                # The former model's stay: it may be set again, and answers until all are embedded anew.
                fresh = [replace(chunk, chunk_id=new_id("chunk")) for chunk in chunks]
                await storage.add_embeddings(document.workspace_id, document.document_id, fresh, vectors, model)

    def _lock(self, document_id: str) -> asyncio.Lock:
        return self._locks.setdefault(document_id, asyncio.Lock())
