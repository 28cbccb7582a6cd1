"""The table of the audit log."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base


class AuditLogRow(Base):
    """One entry; it outlives what it is about, so only the workspace is a foreign key."""

    __tablename__ = "audit_log"
    __table_args__ = (Index(None, "workspace_id", "at", "audit_id"),)

    audit_id: Mapped[str] = mapped_column(primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.workspace_id"))
    at: Mapped[datetime]
    actor: Mapped[str]
    action: Mapped[str]
    """One of `data.audit.AuditAction`."""
    target_type: Mapped[str]
    target_id: Mapped[str | None]
    request_id: Mapped[str | None]
    outcome: Mapped[str]
