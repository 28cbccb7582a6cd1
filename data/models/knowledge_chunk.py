"""The table of chunks and their embeddings."""

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base


class KnowledgeChunkRow(Base):
    """One chunk of a document, embedded once by one model."""

    __tablename__ = "knowledge_chunks"
    __table_args__ = (Index(None, "document_id", "embedding_model", "position", unique=True),)

    chunk_id: Mapped[str] = mapped_column(primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.workspace_id"))
    document_id: Mapped[str] = mapped_column(ForeignKey("knowledge_documents.document_id", ondelete="CASCADE"))
    position: Mapped[int]
    title: Mapped[str]
    text: Mapped[str]
    page: Mapped[int | None]
    """Where the chunk begins, from 1, in formats that have pages."""
    embedding_model: Mapped[str]
    """Empty for chunks that are yet to be embedded."""
    embedding: Mapped[bytes] = mapped_column(LargeBinary)
    """Little-endian float32, L2-normalised."""
