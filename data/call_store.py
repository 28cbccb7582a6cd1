"""Conversations as running calls write them: short transactions, addressed by the conversation's own id."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from loguru import logger

from config.errors import NotFoundError
from data.database import Database
from data.journal.entries import CallOver, JournalEntry, StreamBegan, TurnOver
from data.repositories.conversation import ConversationRepository

LEASE_SECONDS = 60.0
"""How long a running conversation counts as alive without a word from its process."""


class DatabaseCallStore:
    """Stores the course of calls; implements the journal's `EntryStore`.

    Args:
        database: Where.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def store(self, entries: Sequence[JournalEntry]) -> None:
        """Store entries in one transaction; those of one conversation keep their order.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: Nothing was stored.
        """
        async with self._database.session() as session:
            repository = ConversationRepository(session)
            # In one order for everybody: two transactions that lock the same rows cannot wait for each other.
            for entry in sorted(entries, key=lambda entry: entry.conversation_id):
                await _store(repository, entry)


async def _store(repository: ConversationRepository, entry: JournalEntry) -> None:
    match entry:
        case StreamBegan():
            began = datetime.fromtimestamp(entry.at, UTC)
            lease = datetime.now(UTC) + timedelta(seconds=LEASE_SECONDS)
            await repository.start(entry.conversation_id, entry.stream_sid, entry.owner, lease, began)
        case TurnOver():
            try:
                await repository.add_turn(entry.conversation_id, entry.turn)
            except NotFoundError:
                logger.bind(conversation=entry.conversation_id).info(
                    "A turn of a deleted conversation was dropped"
                )
        case CallOver():
            await repository.finish(entry.conversation_id, entry.outcome)
