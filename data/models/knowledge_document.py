"""The table of knowledge documents."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base


class KnowledgeDocumentRow(Base):
    """One document.

    `owner_agent_id` is "" when it was added for the whole workspace, so that the unique constraint holds
    there too: SQL takes two NULLs for different.
    """

    __tablename__ = "knowledge_documents"
    __table_args__ = (
        UniqueConstraint("workspace_id", "owner_agent_id", "content_hash"),
        Index(None, "workspace_id", "created_at", "document_id"),
    )

    document_id: Mapped[str] = mapped_column(primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.workspace_id"))
    owner_agent_id: Mapped[str]
    name: Mapped[str]
    type: Mapped[str]
    content_hash: Mapped[str]
    text: Mapped[str]
    size_bytes: Mapped[int]
    url: Mapped[str | None]
    filename: Mapped[str | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
