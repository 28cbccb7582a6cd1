"""Brings entries into the database however long it takes, and lets none block those behind it.

An attempt is never cancelled for being slow: a driver that waits for a lock cannot be, and whether a cancelled
commit happened nobody knows. It goes on while the entries are brought to safety.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from enum import StrEnum
from typing import Protocol

from loguru import logger

from data.journal.entries import JournalEntry
from data.journal.storage_errors import is_passing

PATIENCE_SECONDS = 0.25
"""How long a finished turn may be in memory only."""
ATTEMPT_SECONDS = 45.0
"""Longer than every deadline of the database's own: beyond it the connection is dead without saying so."""
CANCEL_SECONDS = 5.0
RETRY_SECONDS = (0.1, 0.25, 0.5, 1.0, 2.0)


class EntryStore(Protocol):
    """The database, as the journal sees it."""

    async def store(self, entries: Sequence[JournalEntry]) -> None:
        """Store entries in one transaction, those of one conversation in this order.

        What is stored already, and what nobody wants any more (its conversation was deleted), changes nothing.
        """


class DatabaseState(StrEnum):
    """What the last attempts say of the database."""

    WORKING = "working"
    SLOW = "slow"
    AWAY = "away"


Quarantine = Callable[[JournalEntry], Awaitable[None]]
"""Keeps an entry that the database refuses for good."""


class Delivery:
    """Delivers batches, one after the other.

    Args:
        store: Where to.
        quarantine: For what is refused.
        on_trouble: Told, possibly often, that entries are not stored as quickly as they should be.
    """

    def __init__(self, store: EntryStore, quarantine: Quarantine, on_trouble: Callable[[], None]) -> None:
        self._store = store
        self._quarantine = quarantine
        self._on_trouble = on_trouble
        self._left_behind: set[asyncio.Task[None]] = set()
        self.state = DatabaseState.WORKING

    async def deliver(self, batch: Sequence[JournalEntry]) -> None:
        """Return once every entry is stored, or was refused and set aside. Never raises a storage error."""
        error = await self._insist(batch)
        if error is None:
            return
        for entry in batch:
            # Alone: only the one that is to blame is refused, and it gets a second chance.
            error = await self._insist((entry,))
            if error is not None:
                logger.bind(
                    conversation=entry.conversation_id, entry=entry.kind, error=type(error).__name__
                ).error("Storage refuses an event of a call; it was set aside")
                await self._quarantine(entry)

    async def _insist(self, batch: Sequence[JournalEntry]) -> BaseException | None:
        """Try until the database has taken a batch (None) or refuses it for good (the error)."""
        attempt = 0
        while True:
            error = await self._attempt(batch)
            if error is None or not is_passing(error):
                self._become(DatabaseState.WORKING)
                return error
            self._on_trouble()
            self._become(DatabaseState.AWAY, error)
            await asyncio.sleep(RETRY_SECONDS[min(attempt, len(RETRY_SECONDS) - 1)])
            attempt += 1

    async def _attempt(self, batch: Sequence[JournalEntry]) -> BaseException | None:
        task = asyncio.create_task(self._store.store(batch), name="journal-store")
        try:
            done, _ = await asyncio.wait({task}, timeout=PATIENCE_SECONDS)
            if not done:
                self._on_trouble()
                self._become(DatabaseState.SLOW)
                done, _ = await asyncio.wait({task}, timeout=ATTEMPT_SECONDS)
        finally:
            if not task.done():
                await self._give_up(task)
        if not task.done() or task.cancelled():
            return TimeoutError("the database did not answer")
        return task.exception()

    async def _give_up(self, task: asyncio.Task[None]) -> None:
        """Cancel an attempt; one that does not even end then is left to itself."""
        task.cancel()
        await asyncio.wait({task}, timeout=CANCEL_SECONDS)
        if not task.done():
            self._left_behind.add(task)
            task.add_done_callback(self._forget)

    def _forget(self, task: asyncio.Task[None]) -> None:
        self._left_behind.discard(task)
        if not task.cancelled():
            task.exception()

    def _become(self, state: DatabaseState, error: BaseException | None = None) -> None:
        if state is self.state:
            return
        before, self.state = self.state, state
        if state is DatabaseState.AWAY:
            logger.bind(error=type(error).__name__).warning(
                "The database is away: finished turns wait on the disk"
            )
        elif before is DatabaseState.AWAY and state is DatabaseState.WORKING:
            logger.info("The database takes finished turns again")
