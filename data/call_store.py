"""Conversations as running calls write them: short transactions, addressed by the conversation's own id."""

from datetime import UTC, datetime, timedelta

from loguru import logger

from config.errors import NotFoundError
from data.database import Database
from data.records import CallOutcome, TurnRecord
from data.repositories.conversation import ConversationRepository

LEASE_SECONDS = 60.0
"""How long a running conversation counts as alive without a word from its process."""


class DatabaseCallStore:
    """Stores the course of calls; implements the bot's `CallStore`.

    Args:
        database: Where.
        owner: Names this process on the conversations that it runs.
    """

    def __init__(self, database: Database, owner: str) -> None:
        self._database = database
        self._owner = owner

    async def call_started(self, conversation_id: str, stream_sid: str, at: float) -> None:
        """The media stream is up (seconds since the epoch)."""
        began = datetime.fromtimestamp(at, UTC)
        lease = datetime.now(UTC) + timedelta(seconds=LEASE_SECONDS)
        async with self._database.session() as session:
            repository = ConversationRepository(session)
            await repository.start(conversation_id, stream_sid, self._owner, lease, began)

    async def turn_finished(self, conversation_id: str, turn: TurnRecord) -> None:
        """Store a turn; a conversation deleted in mid-call wants none."""
        try:
            async with self._database.session() as session:
                await ConversationRepository(session).add_turn(conversation_id, turn)
        except NotFoundError:
            logger.bind(conversation=conversation_id).info("A turn of a deleted conversation was dropped")

    async def call_ended(self, conversation_id: str, outcome: CallOutcome) -> None:
        """Store the outcome, once."""
        async with self._database.session() as session:
            await ConversationRepository(session).finish(conversation_id, outcome)
