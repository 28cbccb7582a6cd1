"""Chunks know their page, and every document an agent answers from is named in the agent's settings."""

import json
from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("knowledge_chunks", sa.Column("page", sa.Integer(), nullable=True))
    _name_owned_documents()


def downgrade() -> None:
    op.drop_column("knowledge_chunks", "page")


def _name_owned_documents() -> None:
    """Until now a document added for an agent belonged to it without being named."""
    documents = sa.table(
        "knowledge_documents",
        *(
            sa.column(name)
            for name in ("document_id", "workspace_id", "owner_agent_id", "name", "type", "created_at")
        ),
    )
    agents = sa.table("agents", sa.column("agent_id"), sa.column("workspace_id"), sa.column("settings", sa.JSON()))
    connection = op.get_bind()
    owned = connection.execute(
        sa.select(documents).where(documents.c.owner_agent_id != "").order_by(documents.c.created_at)
    ).all()
    for document in owned:
        mine = (agents.c.agent_id == document.owner_agent_id) & (agents.c.workspace_id == document.workspace_id)
        settings = connection.execute(sa.select(agents.c.settings).where(mine)).scalar_one_or_none()
        if settings is None:
            continue
        settings = json.loads(settings) if isinstance(settings, str) else dict(settings)
        named = list(settings.get("knowledge_base") or [])
        if all(reference["id"] != document.document_id for reference in named):
            named.append(
                {"id": document.document_id, "name": document.name, "type": document.type, "usage_mode": "auto"}
            )
            changed = {**settings, "knowledge_base": named}
            connection.execute(sa.update(agents).where(mine).values(settings=changed))
