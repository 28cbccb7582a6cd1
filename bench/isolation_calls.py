"""Stored calls for the isolation probe: REST makes none, so they are put into the database itself."""

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from data.database import Database
from data.ids import new_id
from data.queries import NewConversation
from data.records import CallOutcome, Direction, EndReason, Role, TurnRecord
from data.repositories.conversation import ConversationRepository

CALLS = 60


async def seed_calls(database: Database, workspace_id: str, marker: str) -> Mapping[str, str]:
    """Store finished calls, in all of whose texts the marker is.

    Returns:
        Their CallSids by conversation id.
    """
    made: dict[str, str] = {}
    now = datetime.now(UTC)
    for number in range(CALLS):
        call_sid = f"CA{secrets.token_hex(16)}"
        new = NewConversation(
            conversation_id=new_id("conv"),
            workspace_id=workspace_id,
            agent_id=f"agent_{marker}",
            agent_name=marker,
            direction=Direction.INBOUND,
            started_at=now - timedelta(minutes=number),
            call_sid=call_sid,
            dynamic_variables={"name": marker},
        )
        async with database.session() as session:
            conversations = ConversationRepository(session)
            await conversations.create(new)
            await conversations.add_turn(new.conversation_id, TurnRecord(0, Role.USER, f"This is {marker}.", 1.0))
            await conversations.finish(new.conversation_id, CallOutcome(EndReason.CALLER_HUNG_UP, now, 5.0))
        made[new.conversation_id] = call_sid
    return made
