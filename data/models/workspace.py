"""The table of workspaces."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base


class WorkspaceRow(Base):
    """One owner of agents and conversations."""

    __tablename__ = "workspaces"

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    created_at: Mapped[datetime]
