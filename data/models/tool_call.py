"""The table of tool calls."""

from pydantic import JsonValue
from sqlalchemy import JSON, ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base, JsonObject


class ToolCallRow(Base):
    """One tool call of a turn. A model may give the same request id twice, so the key is the place."""

    __tablename__ = "tool_calls"
    __table_args__ = (
        ForeignKeyConstraint(
            ["conversation_id", "turn_position"],
            ["turns.conversation_id", "turns.position"],
            ondelete="CASCADE",
        ),
        Index(None, "workspace_id", "tool_name"),
    )

    conversation_id: Mapped[str] = mapped_column(primary_key=True)
    turn_position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """Which of the turn's calls it was, from 0."""
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.workspace_id"))
    request_id: Mapped[str]
    tool_name: Mapped[str]
    params: Mapped[JsonObject]
    result: Mapped[JsonValue] = mapped_column(JSON(none_as_null=True), nullable=True)
    is_error: Mapped[bool]
    latency_ms: Mapped[float]
