"""The table of API keys."""

from datetime import datetime

from pydantic import JsonValue
from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base


class ApiKeyRow(Base):
    """One key. Revoked ones stay, so that the audit log's actors keep their names."""

    __tablename__ = "api_keys"
    __table_args__ = (
        UniqueConstraint("digest"),
        Index(None, "prefix"),
        Index(None, "workspace_id", "created_at", "key_id"),
    )

    key_id: Mapped[str] = mapped_column(primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.workspace_id"))
    name: Mapped[str]
    prefix: Mapped[str]
    """The beginning of the secret."""
    digest: Mapped[str]
    """SHA-256 of the secret, hexadecimal."""
    scopes: Mapped[list[JsonValue]] = mapped_column(JSON(none_as_null=True))
    """Some of `data.api_keys.Scope`, sorted."""
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    replaced_by: Mapped[str | None] = mapped_column(ForeignKey("api_keys.key_id"))
