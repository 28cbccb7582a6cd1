"""Knowledge documents, their chunks and embeddings in storage: what every vector index is built from."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.ext.asyncio import AsyncSession

from config.errors import InvalidInputError, NotFoundError
from data.agent_config import KnowledgeReference
from data.knowledge_records import (
    UNEMBEDDED,
    DependentAgent,
    DocumentQuery,
    DocumentType,
    EmbeddedChunk,
    KnowledgeChunk,
    KnowledgeDocument,
)
from data.models import KnowledgeDocumentRow
from data.pagination import Page, SortDirection
from data.repositories.keyset import Keyset
from data.repositories.knowledge_attachments import KnowledgeAttachmentRepository
from data.repositories.knowledge_chunks import KnowledgeChunkRepository, require_vectors
from data.repositories.workspace_lock import lock_workspace


class KnowledgeRepository:
    """Stores documents.

    Args:
        session: One from `Database.session()`, or `Database.read()` where nothing is changed.
    """

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._chunks = KnowledgeChunkRepository(session)

    async def add_document(
        self,
        document: KnowledgeDocument,
        chunks: Sequence[KnowledgeChunk],
        embeddings: NDArray[np.float32],
        embedding_model: str,
    ) -> KnowledgeDocument:
        """Store a document with its chunks, all or nothing.

        Args:
            document: Goes to its `workspace_id`.
            chunks: In order.
            embeddings: Shape (chunks, dimensions), L2-normalised, in the order of the chunks.
            embedding_model: What they were made with.

        Returns:
            The stored document: when this workspace and agent have one with the same `content_hash` that one,
            unchanged, and nothing was stored.

        Raises:
            InvalidInputError: `embedding_mismatch`: there is not one vector for each chunk.
            NotFoundError: `workspace_not_found`.
        """
        require_vectors(chunks, embeddings)
        # Two who add the same document at once: the second waits here and then finds the first one's.
        await lock_workspace(self._session, document.workspace_id)
        known = await self.find_content(document.workspace_id, document.agent_id, document.content_hash)
        if known is not None:
            return known
        row = _to_row(document)
        self._session.add(row)
        await self._session.flush()
        await self._chunks.add(document, chunks, embeddings, embedding_model)
        return _to_value(row)

    async def replace_content(
        self,
        document: KnowledgeDocument,
        chunks: Sequence[KnowledgeChunk],
        embeddings: NDArray[np.float32],
        embedding_model: str,
    ) -> tuple[str, ...]:
        """Give a document another text, with its chunks, all or nothing.

        Args:
            document: Its new state; `created_at`, owner and type stay as they were stored.
            chunks: Instead of all those it has, of every model.
            embeddings: As in `add_document`.
            embedding_model: What they were made with.

        Returns:
            The ids of the chunks that it had.

        Raises:
            InvalidInputError: `embedding_mismatch`; `document_exists`: another document of the same owner has
                this content.
            NotFoundError: `document_not_found`.
        """
        require_vectors(chunks, embeddings)
        await lock_workspace(self._session, document.workspace_id)
        row = await self._row(document.workspace_id, document.document_id)
        same = await self.find_content(document.workspace_id, row.owner_agent_id or None, document.content_hash)
        if same is not None and same.document_id != document.document_id:
            raise InvalidInputError(f"The document {same.document_id} has this content.", code="document_exists")
        outdated = await self._chunks.ids(document.document_id)
        await self._chunks.delete(document.document_id)
        for name in ("name", "content_hash", "text", "size_bytes", "url", "filename", "updated_at"):
            setattr(row, name, getattr(document, name))
        await self._session.flush()
        await self._chunks.add(document, chunks, embeddings, embedding_model)
        return outdated

    async def put_chunks(
        self,
        document: KnowledgeDocument,
        chunks: Sequence[KnowledgeChunk],
        embeddings: NDArray[np.float32],
        embedding_model: str,
    ) -> bool:
        """Store the vectors of a document that had none, in the place of its unembedded chunks.

        Returns:
            False, and nothing is stored, if the document has another content by now, has chunks of this model
            already, or is gone.
        """
        await lock_workspace(self._session, document.workspace_id)
        statement = select(KnowledgeDocumentRow.content_hash).where(
            KnowledgeDocumentRow.workspace_id == document.workspace_id,
            KnowledgeDocumentRow.document_id == document.document_id,
        )
        if (await self._session.execute(statement)).scalar_one_or_none() != document.content_hash:
            return False
        if await self.chunk_ids(document.workspace_id, [document.document_id], embedding_model):
            return False
        await self._chunks.delete(document.document_id, embedding_model=UNEMBEDDED)
        await self._chunks.add(document, chunks, embeddings, embedding_model)
        return True

    async def add_embeddings(
        self,
        workspace_id: str,
        document_id: str,
        chunks: Sequence[KnowledgeChunk],
        embeddings: NDArray[np.float32],
        embedding_model: str,
    ) -> bool:
        """Store a document's chunks once more, with the vectors of another model.

        Args:
            workspace_id: Whose document.
            document_id: Which.
            chunks: As they are stored, but with ids of their own.
            embeddings: As for `add_document`.
            embedding_model: What they were made with.

        Returns:
            False when the document has chunks of this model already, and nothing was stored.

        Raises:
            InvalidInputError: `embedding_mismatch`.
            NotFoundError: `document_not_found`.
        """
        require_vectors(chunks, embeddings)
        # Of two processes that embed the same document, the second waits here and then finds the first one's.
        await lock_workspace(self._session, workspace_id)
        document = await self.get(workspace_id, document_id)
        if await self.chunk_ids(workspace_id, [document_id], embedding_model):
            return False
        await self._chunks.add(document, chunks, embeddings, embedding_model)
        return True

    async def embedding_models(self, workspace_id: str) -> frozenset[str]:
        """See `KnowledgeChunkRepository.models`."""
        return await self._chunks.models(workspace_id)

    async def rename(self, workspace_id: str, document_id: str, name: str) -> KnowledgeDocument:
        """Give a document another name; its chunks keep the titles that they were cut with.

        Raises:
            NotFoundError: `document_not_found`.
        """
        row = await self._row(workspace_id, document_id)
        row.name = name
        row.updated_at = _later(row)
        await self._session.flush()
        return _to_value(row)

    async def describe_file(
        self, workspace_id: str, document_id: str, *, name: str, filename: str | None, size_bytes: int
    ) -> KnowledgeDocument:
        """Say of which file a document is, where another one has the same text; nothing changes if it is said.

        Raises:
            NotFoundError: `document_not_found`.
        """
        row = await self._row(workspace_id, document_id)
        if (row.name, row.filename, row.size_bytes) != (name, filename, size_bytes):
            row.name, row.filename, row.size_bytes = name, filename, size_bytes
            row.updated_at = _later(row)
            await self._session.flush()
        return _to_value(row)

    async def find_content(
        self, workspace_id: str, agent_id: str | None, content_hash: str
    ) -> KnowledgeDocument | None:
        """The document with this content that was added for an agent, or (None) for the workspace."""
        statement = select(KnowledgeDocumentRow).where(
            KnowledgeDocumentRow.workspace_id == workspace_id,
            KnowledgeDocumentRow.owner_agent_id == (agent_id or ""),
            KnowledgeDocumentRow.content_hash == content_hash,
        )
        row = (await self._session.execute(statement)).scalar_one_or_none()
        return None if row is None else _to_value(row)

    async def find_source(
        self, workspace_id: str, agent_id: str | None, *, filename: str | None, url: str | None
    ) -> KnowledgeDocument | None:
        """The newest document that was added for an agent (or the workspace) from this file or address."""
        if filename is None and url is None:
            return None
        source = (
            KnowledgeDocumentRow.url == url
            if url is not None
            else and_(KnowledgeDocumentRow.filename == filename, KnowledgeDocumentRow.url.is_(None))
        )
        statement = (
            select(KnowledgeDocumentRow)
            .where(
                KnowledgeDocumentRow.workspace_id == workspace_id,
                KnowledgeDocumentRow.owner_agent_id == (agent_id or ""),
                source,
            )
            .order_by(KnowledgeDocumentRow.created_at.desc(), KnowledgeDocumentRow.document_id.desc())
            .limit(1)
        )
        row = (await self._session.execute(statement)).scalar_one_or_none()
        return None if row is None else _to_value(row)

    async def get(self, workspace_id: str, document_id: str) -> KnowledgeDocument:
        """One document.

        Raises:
            NotFoundError: `document_not_found`.
        """
        return _to_value(await self._row(workspace_id, document_id))

    async def list(self, workspace_id: str, query: DocumentQuery) -> Page[KnowledgeDocument]:
        """A page of the workspace's documents, newest first.

        Raises:
            InvalidInputError: `invalid_cursor` or `invalid_page_size`.
        """
        conditions: list[ColumnElement[bool]] = [KnowledgeDocumentRow.workspace_id == workspace_id]
        if query.search:
            conditions.append(KnowledgeDocumentRow.name.icontains(query.search, autoescape=True))
        if query.types:
            conditions.append(KnowledgeDocumentRow.type.in_(query.types))
        keyset = Keyset(
            KnowledgeDocumentRow,
            "created_at",
            KnowledgeDocumentRow.created_at,
            KnowledgeDocumentRow.document_id,
            SortDirection.DESCENDING,
        )
        return await keyset.page(
            self._session, conditions, cursor=query.cursor, page_size=query.page_size, to_value=_to_value
        )

    async def documents_for_agent(self, workspace_id: str, agent_id: str) -> tuple[KnowledgeDocument, ...]:
        """What an agent answers from, oldest first: the documents that its settings name.

        Raises:
            NotFoundError: `agent_not_found`.
        """
        references = await KnowledgeAttachmentRepository(self._session).references(workspace_id, agent_id)
        documents = (
            select(KnowledgeDocumentRow)
            .where(
                KnowledgeDocumentRow.workspace_id == workspace_id,
                KnowledgeDocumentRow.document_id.in_([reference.id for reference in references]),
            )
            .order_by(KnowledgeDocumentRow.created_at, KnowledgeDocumentRow.document_id)
        )
        return tuple(_to_value(row) for row in await self._session.scalars(documents))

    async def get_many(self, workspace_id: str, document_ids: Sequence[str]) -> tuple[KnowledgeDocument, ...]:
        """Those of some documents that the workspace has, in no order."""
        statement = select(KnowledgeDocumentRow).where(
            KnowledgeDocumentRow.workspace_id == workspace_id, KnowledgeDocumentRow.document_id.in_(document_ids)
        )
        return tuple(_to_value(row) for row in await self._session.scalars(statement))

    async def chunk_ids(
        self, workspace_id: str, document_ids: Sequence[str], embedding_model: str
    ) -> tuple[str, ...]:
        """See `KnowledgeChunkRepository.ids_of`."""
        return await self._chunks.ids_of(workspace_id, document_ids, embedding_model)

    async def without_model(
        self, workspace_id: str, document_ids: Sequence[str], embedding_model: str, *, pending: bool
    ) -> tuple[str, ...]:
        """See `KnowledgeChunkRepository.without_model`."""
        return await self._chunks.without_model(workspace_id, document_ids, embedding_model, pending=pending)

    async def chunks_by_id(self, chunk_ids: Sequence[str]) -> tuple[EmbeddedChunk, ...]:
        """See `KnowledgeChunkRepository.by_ids`."""
        return await self._chunks.by_ids(chunk_ids)

    async def attach(self, workspace_id: str, agent_id: str, document: KnowledgeDocument) -> bool:
        """See `KnowledgeAttachmentRepository.attach`."""
        return await KnowledgeAttachmentRepository(self._session).attach(workspace_id, agent_id, document)

    async def references(self, workspace_id: str, agent_id: str) -> tuple[KnowledgeReference, ...]:
        """See `KnowledgeAttachmentRepository.references`."""
        return await KnowledgeAttachmentRepository(self._session).references(workspace_id, agent_id)

    async def dependents(self, workspace_id: str, document_id: str) -> tuple[DependentAgent, ...]:
        """See `KnowledgeAttachmentRepository.dependents`."""
        return await KnowledgeAttachmentRepository(self._session).dependents(workspace_id, document_id)

    async def chunks(
        self, workspace_id: str, document_id: str, *, embedding_model: str | None = None
    ) -> tuple[EmbeddedChunk, ...]:
        """A document's chunks with their vectors, in order; of one model, or of all.

        Raises:
            NotFoundError: `document_not_found`.
        """
        await self._row(workspace_id, document_id)
        return await self._chunks.list(document_id, embedding_model=embedding_model)

    async def delete(self, workspace_id: str, document_id: str) -> None:
        """Remove a document with its chunks.

        Raises:
            NotFoundError: `document_not_found`.
        """
        await self._session.delete(await self._row(workspace_id, document_id))
        await self._session.flush()

    async def _row(self, workspace_id: str, document_id: str) -> KnowledgeDocumentRow:
        statement = select(KnowledgeDocumentRow).where(
            KnowledgeDocumentRow.workspace_id == workspace_id, KnowledgeDocumentRow.document_id == document_id
        )
        row = (await self._session.execute(statement)).scalar_one_or_none()
        if row is None:
            raise NotFoundError("There is no such document.", param="document_id", code="document_not_found")
        return row


def _later(row: KnowledgeDocumentRow) -> datetime:
    """Now, or at least later than the last change, whatever the clock says."""
    return max(datetime.now(UTC), row.updated_at + timedelta(microseconds=1))


def _to_row(document: KnowledgeDocument) -> KnowledgeDocumentRow:
    return KnowledgeDocumentRow(
        document_id=document.document_id,
        workspace_id=document.workspace_id,
        owner_agent_id=document.agent_id or "",
        name=document.name,
        type=document.type,
        content_hash=document.content_hash,
        text=document.text,
        size_bytes=document.size_bytes,
        url=document.url,
        filename=document.filename,
        created_at=document.created_at,
        updated_at=document.updated_at,
    )


def _to_value(row: KnowledgeDocumentRow) -> KnowledgeDocument:
    return KnowledgeDocument(
        document_id=row.document_id,
        workspace_id=row.workspace_id,
        name=row.name,
        type=DocumentType(row.type),
        content_hash=row.content_hash,
        text=row.text,
        size_bytes=row.size_bytes,
        created_at=row.created_at,
        updated_at=row.updated_at,
        agent_id=row.owner_agent_id or None,
        url=row.url,
        filename=row.filename,
    )
