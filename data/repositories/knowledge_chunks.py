"""Chunks and their vectors in storage, by document and embedding model."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from config.errors import InvalidInputError
from data.knowledge_records import UNEMBEDDED, EmbeddedChunk, KnowledgeChunk, KnowledgeDocument, ModelIndex
from data.models import KnowledgeChunkRow, KnowledgeDocumentRow

_VECTOR = np.dtype("<f4")


class KnowledgeChunkRepository:
    """Stores chunks of documents that are stored already.

    Args:
        session: One from `Database.session()`, or `Database.read()` where nothing is changed.
    """

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(
        self,
        document: KnowledgeDocument,
        chunks: Sequence[KnowledgeChunk],
        embeddings: NDArray[np.float32],
        embedding_model: str,
    ) -> None:
        """Store a document's chunks for one model; `UNEMBEDDED` ones with vectors of no dimensions.

        Raises:
            InvalidInputError: `embedding_mismatch`: there is not one vector for each chunk.
        """
        require_vectors(chunks, embeddings)
        rows = [
            {
                "chunk_id": chunk.chunk_id,
                "workspace_id": document.workspace_id,
                "document_id": document.document_id,
                "position": chunk.position,
                "title": chunk.title,
                "text": chunk.text,
                "page": chunk.page,
                "embedding_model": embedding_model,
                "embedding": np.asarray(vector, dtype=_VECTOR).tobytes(),
            }
            for chunk, vector in zip(chunks, embeddings, strict=True)
        ]
        if rows:
            await self._session.execute(insert(KnowledgeChunkRow), rows)

    async def list(
        self,
        document_id: str,
        *,
        embedding_model: str | None = None,
        begin: int = 0,
        limit: int | None = None,
    ) -> tuple[EmbeddedChunk, ...]:
        """A document's chunks, in order; of one model, or of all.

        Args:
            document_id: Whose.
            embedding_model: Only those of this model.
            begin: Only those from this position on.
            limit: At most so many.
        """
        statement = select(KnowledgeChunkRow).where(
            KnowledgeChunkRow.document_id == document_id, KnowledgeChunkRow.position >= begin
        )
        if embedding_model is not None:
            statement = statement.where(KnowledgeChunkRow.embedding_model == embedding_model)
        statement = statement.order_by(KnowledgeChunkRow.embedding_model, KnowledgeChunkRow.position).limit(limit)
        return tuple(_to_chunk(row) for row in await self._session.scalars(statement))

    async def ids_of(
        self, workspace_id: str, document_ids: Sequence[str], embedding_model: str
    ) -> tuple[str, ...]:
        """The ids of some documents' chunks for one model, document by document, each in order."""
        statement = (
            select(KnowledgeChunkRow.chunk_id)
            .where(
                KnowledgeChunkRow.workspace_id == workspace_id,
                KnowledgeChunkRow.document_id.in_(document_ids),
                KnowledgeChunkRow.embedding_model == embedding_model,
            )
            .order_by(KnowledgeChunkRow.document_id, KnowledgeChunkRow.position)
        )
        return tuple(await self._session.scalars(statement))

    async def by_ids(self, chunk_ids: Sequence[str]) -> tuple[EmbeddedChunk, ...]:
        """Those of some chunks (a few hundred) that there are, in no order."""
        statement = select(KnowledgeChunkRow).where(KnowledgeChunkRow.chunk_id.in_(chunk_ids))
        return tuple(_to_chunk(row) for row in await self._session.scalars(statement))

    async def ids(self, document_id: str) -> tuple[str, ...]:
        """The ids of all chunks of a document, of every model."""
        statement = select(KnowledgeChunkRow.chunk_id).where(KnowledgeChunkRow.document_id == document_id)
        return tuple(await self._session.scalars(statement))

    async def delete(self, document_id: str, *, embedding_model: str | None = None) -> None:
        """Remove a document's chunks; of one model, or of all."""
        statement = delete(KnowledgeChunkRow).where(KnowledgeChunkRow.document_id == document_id)
        if embedding_model is not None:
            statement = statement.where(KnowledgeChunkRow.embedding_model == embedding_model)
        await self._session.execute(statement)

    async def forget_vectors(self, document_id: str, embedding_model: str) -> None:
        """Drop the vectors of one model; the chunks stay to be embedded again, unless others hold their texts."""
        others = select(KnowledgeChunkRow.chunk_id).where(
            KnowledgeChunkRow.document_id == document_id, KnowledgeChunkRow.embedding_model != embedding_model
        )
        if (await self._session.execute(others.limit(1))).first() is not None:
            await self.delete(document_id, embedding_model=embedding_model)
            return
        await self._session.execute(
            update(KnowledgeChunkRow)
            .where(KnowledgeChunkRow.document_id == document_id)
            .values(embedding_model=UNEMBEDDED, embedding=b"")
        )

    async def indexes(
        self, workspace_id: str, *, document_ids: Sequence[str] | None = None
    ) -> dict[str, tuple[ModelIndex, ...]]:
        """By document, what is stored for each model, `UNEMBEDDED` included."""
        statement = (
            select(
                KnowledgeChunkRow.document_id,
                KnowledgeChunkRow.embedding_model,
                func.count(),
                func.sum(func.length(KnowledgeChunkRow.embedding)),
            )
            .where(KnowledgeChunkRow.workspace_id == workspace_id)
            .group_by(KnowledgeChunkRow.document_id, KnowledgeChunkRow.embedding_model)
            .order_by(KnowledgeChunkRow.document_id, KnowledgeChunkRow.embedding_model)
        )
        if document_ids is not None:
            statement = statement.where(KnowledgeChunkRow.document_id.in_(document_ids))
        found: dict[str, tuple[ModelIndex, ...]] = {}
        for document_id, model, count, size in await self._session.execute(statement):
            found[document_id] = (*found.get(document_id, ()), ModelIndex(model, count, int(size or 0)))
        return found

    async def models(self, workspace_id: str) -> frozenset[str]:
        """The models of which the workspace's documents have vectors."""
        statement = select(KnowledgeChunkRow.embedding_model).distinct()
        found = await self._session.scalars(statement.where(KnowledgeChunkRow.workspace_id == workspace_id))
        return frozenset(found) - {UNEMBEDDED}

    async def without_model(
        self, workspace_id: str, document_ids: Sequence[str], embedding_model: str, *, pending: bool
    ) -> tuple[str, ...]:
        """Those of some documents that there are, but not embedded with a model.

        Args:
            workspace_id: Whose.
            document_ids: Which.
            embedding_model: The model.
            pending: True for those too that are not embedded with any.
        """
        known = select(KnowledgeChunkRow.document_id)
        statement = select(KnowledgeDocumentRow.document_id).where(
            KnowledgeDocumentRow.workspace_id == workspace_id,
            KnowledgeDocumentRow.document_id.in_(document_ids),
            KnowledgeDocumentRow.document_id.not_in(
                known.where(KnowledgeChunkRow.embedding_model == embedding_model)
            ),
        )
        if not pending:
            embedded = known.where(KnowledgeChunkRow.embedding_model != UNEMBEDDED)
            statement = statement.where(KnowledgeDocumentRow.document_id.in_(embedded))
        return tuple(await self._session.scalars(statement))

    async def pending(self) -> tuple[tuple[str, str], ...]:
        """Workspace and id of every document that is yet to be embedded with any model, oldest first."""
        waiting = select(KnowledgeChunkRow.document_id).where(KnowledgeChunkRow.embedding_model == UNEMBEDDED)
        statement = (
            select(KnowledgeDocumentRow.workspace_id, KnowledgeDocumentRow.document_id)
            .where(KnowledgeDocumentRow.document_id.in_(waiting))
            .order_by(KnowledgeDocumentRow.created_at, KnowledgeDocumentRow.document_id)
        )
        return tuple((workspace, document) for workspace, document in await self._session.execute(statement))


def require_vectors(chunks: Sequence[KnowledgeChunk], embeddings: NDArray[np.float32]) -> None:
    """Refuse anything but one vector for each chunk.

    Raises:
        InvalidInputError: `embedding_mismatch`.
    """
    if embeddings.ndim != 2 or len(embeddings) != len(chunks):
        raise InvalidInputError("There has to be one vector for each chunk.", code="embedding_mismatch")


def unembedded(count: int) -> NDArray[np.float32]:
    """What stands for the vectors of chunks that have none yet."""
    return np.zeros((count, 0), dtype=np.float32)


def _to_chunk(row: KnowledgeChunkRow) -> EmbeddedChunk:
    return EmbeddedChunk(
        document_id=row.document_id,
        chunk=KnowledgeChunk(row.chunk_id, row.position, row.title, row.text, row.page),
        embedding_model=row.embedding_model,
        embedding=np.frombuffer(row.embedding, dtype=_VECTOR),
    )
