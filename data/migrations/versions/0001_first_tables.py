"""The first tables, and the workspace of servers that have a single owner."""

from collections.abc import Sequence
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

TABLES = (
    "workspaces",
    "agents",
    "agent_tags",
    "phone_numbers",
    "conversations",
    "turns",
    "tool_calls",
    "knowledge_documents",
    "knowledge_chunks",
    "appointments",
)


def upgrade() -> None:
    _create_workspaces()
    _create_agents()
    _create_agent_tags()
    _create_phone_numbers()
    _create_conversations()
    _create_turns()
    _create_tool_calls()
    _create_knowledge_documents()
    _create_knowledge_chunks()
    _create_appointments()


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)


def _create_workspaces() -> None:
    workspaces = op.create_table(
        "workspaces",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", name="pk_workspaces"),
    )
    op.bulk_insert(
        workspaces, [{"workspace_id": "ws_default", "name": "Default", "created_at": datetime.now(UTC)}]
    )


def _create_agents() -> None:
    op.create_table(
        "agents",
        sa.Column("agent_id", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("system_prompt", sa.Text(), nullable=False),
        sa.Column("first_message", sa.Text(), nullable=False),
        sa.Column("voice_provider", sa.Text(), nullable=False),
        sa.Column("voice_id", sa.Text(), nullable=False),
        sa.Column("model_provider", sa.Text(), nullable=False),
        sa.Column("model_name", sa.Text(), nullable=False),
        sa.Column("interrupt_enabled", sa.Boolean(), nullable=False),
        sa.Column("silence_threshold_sec", sa.Double(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.workspace_id"], name="fk_agents_workspace_id_workspaces"
        ),
        sa.PrimaryKeyConstraint("agent_id", name="pk_agents"),
    )
    op.create_index(
        "ix_agents_workspace_id_created_at_agent_id", "agents", ["workspace_id", "created_at", "agent_id"]
    )


def _create_agent_tags() -> None:
    op.create_table(
        "agent_tags",
        sa.Column("agent_id", sa.Text(), nullable=False),
        sa.Column("tag", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agents.agent_id"], name="fk_agent_tags_agent_id_agents", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.workspace_id"], name="fk_agent_tags_workspace_id_workspaces"
        ),
        sa.PrimaryKeyConstraint("agent_id", "tag", name="pk_agent_tags"),
    )
    op.create_index("ix_agent_tags_workspace_id_tag", "agent_tags", ["workspace_id", "tag"])


def _create_phone_numbers() -> None:
    op.create_table(
        "phone_numbers",
        sa.Column("phone_number_id", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("phone_number", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("agent_id", sa.Text(), nullable=True),
        sa.Column("supports_inbound", sa.Boolean(), nullable=False),
        sa.Column("supports_outbound", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agents.agent_id"], name="fk_phone_numbers_agent_id_agents", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.workspace_id"], name="fk_phone_numbers_workspace_id_workspaces"
        ),
        sa.PrimaryKeyConstraint("phone_number_id", name="pk_phone_numbers"),
        sa.UniqueConstraint("phone_number", name="uq_phone_numbers_phone_number"),
    )
    op.create_index("ix_phone_numbers_agent_id", "phone_numbers", ["agent_id"])
    op.create_index(
        "ix_phone_numbers_workspace_id_created_at_phone_number_id",
        "phone_numbers",
        ["workspace_id", "created_at", "phone_number_id"],
    )


def _create_conversations() -> None:
    op.create_table(
        "conversations",
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("agent_id", sa.Text(), nullable=False),
        sa.Column("agent_name", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("call_sid", sa.Text(), nullable=True),
        sa.Column("stream_sid", sa.Text(), nullable=True),
        sa.Column("phone_number", sa.Text(), nullable=True),
        sa.Column("agent_number", sa.Text(), nullable=True),
        sa.Column("phone_number_id", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("duration_secs", sa.Double(), nullable=False),
        sa.Column("termination_reason", sa.Text(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("transcript", sa.Text(), nullable=False),
        sa.Column("message_count", sa.Integer(), nullable=False),
        sa.Column("dynamic_variables", sa.JSON(), nullable=False),
        sa.Column("call_metadata", sa.JSON(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("lease_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.workspace_id"], name="fk_conversations_workspace_id_workspaces"
        ),
        sa.PrimaryKeyConstraint("conversation_id", name="pk_conversations"),
        sa.UniqueConstraint("call_sid", name="uq_conversations_call_sid"),
    )
    op.create_index("ix_conversations_status_lease_expires_at", "conversations", ["status", "lease_expires_at"])
    op.create_index(
        "ix_conversations_workspace_id_agent_id_started_at",
        "conversations",
        ["workspace_id", "agent_id", "started_at"],
    )
    op.create_index(
        "ix_conversations_workspace_id_started_at_conversation_id",
        "conversations",
        ["workspace_id", "started_at", "conversation_id"],
    )


def _create_turns() -> None:
    op.create_table(
        "turns",
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("time_in_call_secs", sa.Double(), nullable=False),
        sa.Column("interrupted", sa.Boolean(), nullable=False),
        sa.Column("confidence", sa.Double(), nullable=True),
        sa.Column("latency", sa.JSON(), nullable=True),
        sa.Column("retrieval", sa.JSON(), nullable=True),
        sa.Column("input_tokens", sa.Integer(), nullable=True),
        sa.Column("output_tokens", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.conversation_id"],
            name="fk_turns_conversation_id_conversations",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.workspace_id"], name="fk_turns_workspace_id_workspaces"
        ),
        sa.PrimaryKeyConstraint("conversation_id", "position", name="pk_turns"),
    )


def _create_tool_calls() -> None:
    op.create_table(
        "tool_calls",
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("turn_position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("tool_name", sa.Text(), nullable=False),
        sa.Column("params", sa.JSON(), nullable=False),
        sa.Column("result", sa.JSON(), nullable=True),
        sa.Column("is_error", sa.Boolean(), nullable=False),
        sa.Column("latency_ms", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id", "turn_position"],
            ["turns.conversation_id", "turns.position"],
            name="fk_tool_calls_conversation_id_turn_position_turns",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.workspace_id"], name="fk_tool_calls_workspace_id_workspaces"
        ),
        sa.PrimaryKeyConstraint("conversation_id", "turn_position", "position", name="pk_tool_calls"),
    )
    op.create_index("ix_tool_calls_workspace_id_tool_name", "tool_calls", ["workspace_id", "tool_name"])


def _create_knowledge_documents() -> None:
    op.create_table(
        "knowledge_documents",
        sa.Column("document_id", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("owner_agent_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("filename", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.workspace_id"],
            name="fk_knowledge_documents_workspace_id_workspaces",
        ),
        sa.PrimaryKeyConstraint("document_id", name="pk_knowledge_documents"),
        sa.UniqueConstraint(
            "workspace_id",
            "owner_agent_id",
            "content_hash",
            name="uq_knowledge_documents_workspace_id_owner_agent_id_content_hash",
        ),
    )
    op.create_index(
        "ix_knowledge_documents_workspace_id_created_at_document_id",
        "knowledge_documents",
        ["workspace_id", "created_at", "document_id"],
    )


def _create_knowledge_chunks() -> None:
    op.create_table(
        "knowledge_chunks",
        sa.Column("chunk_id", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("document_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("embedding_model", sa.Text(), nullable=False),
        sa.Column("embedding", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["knowledge_documents.document_id"],
            name="fk_knowledge_chunks_document_id_knowledge_documents",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.workspace_id"], name="fk_knowledge_chunks_workspace_id_workspaces"
        ),
        sa.PrimaryKeyConstraint("chunk_id", name="pk_knowledge_chunks"),
    )
    op.create_index(
        "ix_knowledge_chunks_document_id_embedding_model_position",
        "knowledge_chunks",
        ["document_id", "embedding_model", "position"],
        unique=True,
    )


def _create_appointments() -> None:
    op.create_table(
        "appointments",
        sa.Column("appointment_id", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("agent_id", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=True),
        sa.Column("customer_name", sa.Text(), nullable=False),
        sa.Column("phone_number", sa.Text(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("idempotency_key", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.workspace_id"], name="fk_appointments_workspace_id_workspaces"
        ),
        sa.PrimaryKeyConstraint("appointment_id", name="pk_appointments"),
        sa.UniqueConstraint(
            "workspace_id", "idempotency_key", name="uq_appointments_workspace_id_idempotency_key"
        ),
    )
    op.create_index(
        "ix_appointments_workspace_id_agent_id_starts_at",
        "appointments",
        ["workspace_id", "agent_id", "starts_at"],
    )
    op.create_index(
        "ix_appointments_workspace_id_starts_at_appointment_id",
        "appointments",
        ["workspace_id", "starts_at", "appointment_id"],
    )
