"""The tables of agents."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base, JsonObject


class AgentRow(Base):
    """One agent: the columns that the seeds name, and `settings` for all the rest."""

    __tablename__ = "agents"
    __table_args__ = (Index(None, "workspace_id", "created_at", "agent_id"),)

    agent_id: Mapped[str] = mapped_column(primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.workspace_id"))
    name: Mapped[str]
    system_prompt: Mapped[str]
    first_message: Mapped[str]
    voice_provider: Mapped[str]
    voice_id: Mapped[str]
    model_provider: Mapped[str]
    model_name: Mapped[str]
    interrupt_enabled: Mapped[bool]
    silence_threshold_sec: Mapped[float]
    is_active: Mapped[bool]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    settings: Mapped[JsonObject]
    """`data.agent_config.AgentSettings` as JSON."""


class AgentTagRow(Base):
    """A tag of an agent: a copy of `settings.tags` that lists can be filtered by."""

    __tablename__ = "agent_tags"
    __table_args__ = (Index(None, "workspace_id", "tag"),)

    agent_id: Mapped[str] = mapped_column(ForeignKey("agents.agent_id", ondelete="CASCADE"), primary_key=True)
    tag: Mapped[str] = mapped_column(primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.workspace_id"))
