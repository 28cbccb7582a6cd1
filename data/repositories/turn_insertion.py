"""The statements that store a turn, made once for all calls.

They are tables' statements, not the ORM's: calls store turns many times a second, and nothing of that needs a unit
of work, which looks at what has changed in which object.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast

from sqlalchemy import Table, bindparam, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from data.models import ConversationRow, ToolCallRow, TurnRow
from data.records import TurnRecord
from data.repositories.turn_rows import tool_call_values, turn_values

_CONVERSATIONS = cast(Table, ConversationRow.__table__)
_TURNS = cast(Table, TurnRow.__table__)
_IS_IT = _CONVERSATIONS.c.conversation_id == bindparam("conversation")

_LOCK = (
    select(_CONVERSATIONS.c.workspace_id, _CONVERSATIONS.c.status).where(_IS_IT).with_for_update(key_share=True)
)
_COUNT = update(_CONVERSATIONS).where(_IS_IT).values(message_count=_CONVERSATIONS.c.message_count + 1)
_INSERT_CALLS = insert(cast(Table, ToolCallRow.__table__))
_INSERT_UNLESS_THERE = {
    "sqlite": sqlite.insert(_TURNS).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(_TURNS).on_conflict_do_nothing(),
}
_COUNTED = {"preserve_rowcount": True}
"""psycopg forgets the number of rows with the cursor, and SQLAlchemy closes that at once."""


@dataclass(frozen=True, slots=True)
class LockedConversation:
    """What has to be known of a conversation to add a turn to it, and stays so until the session ends."""

    workspace_id: str
    status: str


async def lock_conversation(session: AsyncSession, conversation_id: str) -> LockedConversation | None:
    """Hold a conversation's row until the session ends; None if there is none."""
    connection = await session.connection()
    row = (await connection.execute(_LOCK, {"conversation": conversation_id})).one_or_none()
    return None if row is None else LockedConversation(row.workspace_id, row.status)


async def insert_turn(
    session: AsyncSession, conversation: LockedConversation, conversation_id: str, turn: TurnRecord
) -> bool:
    """Store a turn with its tool calls, and count it.

    Returns:
        False, and nothing stored, if there is one at its position.
    """
    connection = await session.connection()
    statement = _INSERT_UNLESS_THERE[connection.dialect.name]
    values = turn_values(conversation.workspace_id, conversation_id, turn, datetime.now(UTC))
    inserted = await connection.execute(statement, values, execution_options=_COUNTED)
    if not inserted.rowcount:
        return False
    if turn.tool_calls:
        await connection.execute(_INSERT_CALLS, tool_call_values(conversation.workspace_id, conversation_id, turn))
    await connection.execute(_COUNT, {"conversation": conversation_id})
    return True
