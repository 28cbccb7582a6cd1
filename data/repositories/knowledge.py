"""Knowledge documents, their chunks and embeddings in storage: what every vector index is built from."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, insert, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from config.errors import InvalidInputError, NotFoundError
from data.agent_config import AgentSettings
from data.knowledge_records import (
    DocumentQuery,
    DocumentType,
    EmbeddedChunk,
    KnowledgeChunk,
    KnowledgeDocument,
)
from data.models import AgentRow, KnowledgeChunkRow, KnowledgeDocumentRow
from data.pagination import Page, SortDirection
from data.repositories.keyset import Keyset
from data.repositories.workspace_lock import lock_workspace

_VECTOR = np.dtype("<f4")


class KnowledgeRepository:
    """Stores documents.

    Args:
        session: One from `Database.session()`, or `Database.read()` where nothing is changed.
    """

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

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
        if embeddings.ndim != 2 or len(embeddings) != len(chunks):
            raise InvalidInputError("There has to be one vector for each chunk.", code="embedding_mismatch")
        # Two who add the same document at once: the second waits here and then finds the first one's.
        await lock_workspace(self._session, document.workspace_id)
        known = await self._same_content(document)
        if known is not None:
            return _to_value(known)
        row = _to_row(document)
        self._session.add(row)
        await self._session.flush()
        await self._insert_chunks(document.workspace_id, document.document_id, chunks, embeddings, embedding_model)
        return _to_value(row)

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
        if embeddings.ndim != 2 or len(embeddings) != len(chunks):
            raise InvalidInputError("There has to be one vector for each chunk.", code="embedding_mismatch")
        # Of two processes that embed the same document, the second waits here and then finds the first one's.
        await lock_workspace(self._session, workspace_id)
        if await self.chunks(workspace_id, document_id, embedding_model=embedding_model):
            return False
        await self._insert_chunks(workspace_id, document_id, chunks, embeddings, embedding_model)
        return True

    async def embedding_models(self, workspace_id: str) -> frozenset[str]:
        """The models of which the workspace's documents have vectors."""
        statement = select(KnowledgeChunkRow.embedding_model).distinct()
        return frozenset(
            await self._session.scalars(statement.where(KnowledgeChunkRow.workspace_id == workspace_id))
        )

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
        """What an agent answers from, oldest first: documents added for it, and those its settings name.

        Raises:
            NotFoundError: `agent_not_found`.
        """
        statement = select(AgentRow.settings).where(
            AgentRow.workspace_id == workspace_id, AgentRow.agent_id == agent_id
        )
        settings = (await self._session.execute(statement)).scalar_one_or_none()
        if settings is None:
            raise NotFoundError("There is no such agent.", param="agent_id", code="agent_not_found")
        named = [reference.id for reference in AgentSettings.model_validate(settings).knowledge_base]
        documents = (
            select(KnowledgeDocumentRow)
            .where(
                KnowledgeDocumentRow.workspace_id == workspace_id,
                or_(
                    KnowledgeDocumentRow.owner_agent_id == agent_id,
                    KnowledgeDocumentRow.document_id.in_(named),
                ),
            )
            .order_by(KnowledgeDocumentRow.created_at, KnowledgeDocumentRow.document_id)
        )
        return tuple(_to_value(row) for row in await self._session.scalars(documents))

    async def chunks(
        self, workspace_id: str, document_id: str, *, embedding_model: str | None = None
    ) -> tuple[EmbeddedChunk, ...]:
        """A document's chunks with their vectors, in order; of one model, or of all.

        Raises:
            NotFoundError: `document_not_found`.
        """
        await self._row(workspace_id, document_id)
        statement = select(KnowledgeChunkRow).where(KnowledgeChunkRow.document_id == document_id)
        if embedding_model is not None:
            statement = statement.where(KnowledgeChunkRow.embedding_model == embedding_model)
        statement = statement.order_by(KnowledgeChunkRow.embedding_model, KnowledgeChunkRow.position)
        return tuple(_to_chunk(row) for row in await self._session.scalars(statement))

    async def delete(self, workspace_id: str, document_id: str) -> None:
        """Remove a document with its chunks.

        Raises:
            NotFoundError: `document_not_found`.
        """
        await self._session.delete(await self._row(workspace_id, document_id))
        await self._session.flush()

    async def _insert_chunks(
        self,
        workspace_id: str,
        document_id: str,
        chunks: Sequence[KnowledgeChunk],
        embeddings: NDArray[np.float32],
        embedding_model: str,
    ) -> None:
        rows = [
            {
                "chunk_id": chunk.chunk_id,
                "workspace_id": workspace_id,
                "document_id": document_id,
                "position": chunk.position,
                "title": chunk.title,
                "text": chunk.text,
                "embedding_model": embedding_model,
                "embedding": np.asarray(vector, dtype=_VECTOR).tobytes(),
            }
            for chunk, vector in zip(chunks, embeddings, strict=True)
        ]
        if rows:
            await self._session.execute(insert(KnowledgeChunkRow), rows)

    async def _row(self, workspace_id: str, document_id: str) -> KnowledgeDocumentRow:
        statement = select(KnowledgeDocumentRow).where(
            KnowledgeDocumentRow.workspace_id == workspace_id, KnowledgeDocumentRow.document_id == document_id
        )
        row = (await self._session.execute(statement)).scalar_one_or_none()
        if row is None:
            raise NotFoundError("There is no such document.", param="document_id", code="document_not_found")
        return row

    async def _same_content(self, document: KnowledgeDocument) -> KnowledgeDocumentRow | None:
        statement = select(KnowledgeDocumentRow).where(
            KnowledgeDocumentRow.workspace_id == document.workspace_id,
            KnowledgeDocumentRow.owner_agent_id == (document.agent_id or ""),
            KnowledgeDocumentRow.content_hash == document.content_hash,
        )
        return (await self._session.execute(statement)).scalar_one_or_none()


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


def _to_chunk(row: KnowledgeChunkRow) -> EmbeddedChunk:
    return EmbeddedChunk(
        document_id=row.document_id,
        chunk=KnowledgeChunk(row.chunk_id, row.position, row.title, row.text),
        embedding_model=row.embedding_model,
        embedding=np.frombuffer(row.embedding, dtype=_VECTOR),
    )
