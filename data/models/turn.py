"""The table of finished turns."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base, JsonObject


class TurnRow(Base):
    """One turn; its key is the conversation and the position in it."""

    __tablename__ = "turns"

    conversation_id: Mapped[str] = mapped_column(
        ForeignKey("conversations.conversation_id", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.workspace_id"))
    role: Mapped[str]
    message: Mapped[str]
    time_in_call_secs: Mapped[float]
    interrupted: Mapped[bool]
    confidence: Mapped[float | None]
    latency: Mapped[JsonObject | None]
    """`data.records.TurnLatency` as JSON."""
    retrieval: Mapped[JsonObject | None]
    """`data.records.RetrievalRecord` as JSON."""
    input_tokens: Mapped[int | None]
    output_tokens: Mapped[int | None]
    created_at: Mapped[datetime]
