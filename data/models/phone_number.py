"""The table of telephone numbers."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base


class PhoneNumberRow(Base):
    """One number of ours and the agent that answers it; unique over all workspaces, as calls arrive by it."""

    __tablename__ = "phone_numbers"
    __table_args__ = (
        UniqueConstraint("phone_number"),
        Index(None, "workspace_id", "created_at", "phone_number_id"),
        Index(None, "agent_id"),
    )

    phone_number_id: Mapped[str] = mapped_column(primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.workspace_id"))
    phone_number: Mapped[str]
    label: Mapped[str]
    provider: Mapped[str]
    agent_id: Mapped[str | None] = mapped_column(ForeignKey("agents.agent_id", ondelete="SET NULL"))
    supports_inbound: Mapped[bool]
    supports_outbound: Mapped[bool]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
