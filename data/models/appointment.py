"""The table of appointments."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base


class AppointmentRow(Base):
    """One appointment; it outlives the agent and the conversation that made it: neither is a foreign key."""

    __tablename__ = "appointments"
    __table_args__ = (
        UniqueConstraint("workspace_id", "idempotency_key"),
        Index(None, "workspace_id", "agent_id", "starts_at"),
        Index(None, "workspace_id", "starts_at", "appointment_id"),
    )

    appointment_id: Mapped[str] = mapped_column(primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.workspace_id"))
    agent_id: Mapped[str]
    conversation_id: Mapped[str | None]
    customer_name: Mapped[str]
    phone_number: Mapped[str | None]
    subject: Mapped[str]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    status: Mapped[str]
    """One of `data.appointments.AppointmentStatus`."""
    idempotency_key: Mapped[str]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
