"""The table of conversations."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base, JsonObject


class ConversationRow(Base):
    """One conversation, from the moment it was announced.

    `agent_id` and `phone_number_id` are no foreign keys: a conversation outlives both.
    """

    __tablename__ = "conversations"
    __table_args__ = (
        UniqueConstraint("call_sid"),
        Index(None, "workspace_id", "started_at", "conversation_id"),
        Index(None, "workspace_id", "agent_id", "started_at"),
        Index(None, "status", "lease_expires_at"),
    )

    conversation_id: Mapped[str] = mapped_column(primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.workspace_id"))
    agent_id: Mapped[str]
    agent_name: Mapped[str]
    status: Mapped[str]
    """One of `data.records.CallStatus`."""
    direction: Mapped[str]
    call_sid: Mapped[str | None]
    stream_sid: Mapped[str | None]
    phone_number: Mapped[str | None]
    """The other party's."""
    agent_number: Mapped[str | None]
    phone_number_id: Mapped[str | None]
    created_at: Mapped[datetime]
    started_at: Mapped[datetime]
    """When the call was announced."""
    accepted_at: Mapped[datetime | None]
    """When its media stream began."""
    ended_at: Mapped[datetime | None]
    duration_secs: Mapped[float]
    termination_reason: Mapped[str | None]
    """One of `data.records.EndReason`."""
    error: Mapped[str | None]
    transcript: Mapped[str]
    """Flat, written when the call ends."""
    message_count: Mapped[int]
    dynamic_variables: Mapped[JsonObject]
    call_metadata: Mapped[JsonObject]
    owner: Mapped[str | None]
    """The process that runs the call."""
    lease_expires_at: Mapped[datetime | None]
    """Until when the owner is taken to be alive."""
