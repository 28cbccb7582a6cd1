"""Says that this process is alive, and ends the conversations of those that are not.

A running conversation names its process and carries a lease. Only an expired lease makes it `failed`, so that
one process never touches the live calls of another.
"""

import asyncio
from datetime import UTC, datetime, timedelta

from loguru import logger
from sqlalchemy.exc import SQLAlchemyError

from data.call_store import LEASE_SECONDS
from data.database import Database
from data.repositories.conversation import ConversationRepository

RENEW_SECONDS = LEASE_SECONDS / 4


class LeaseKeeper:
    """Renews this process's leases and collects expired ones.

    Args:
        database: Where conversations are.
        owner: This process.
    """

    def __init__(self, database: Database, owner: str) -> None:
        self._database = database
        self._owner = owner
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin keeping."""
        self._task = asyncio.get_running_loop().create_task(self._keep(), name="lease-keeper")

    async def close(self) -> None:
        """Stop; idempotent."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def round(self) -> None:
        """Renew and collect, once."""
        now = datetime.now(UTC)
        async with self._database.session() as session:
            repository = ConversationRepository(session)
            await repository.renew_leases(self._owner, now + timedelta(seconds=LEASE_SECONDS))
            for lost in await repository.expire_leases(now):
                logger.bind(conversation=lost.conversation_id).warning("A conversation lost its process")

    async def _keep(self) -> None:
        while True:
            try:
                await self.round()
            except (SQLAlchemyError, OSError, TimeoutError) as error:
                # The database is away: leases are long enough to outlast a few missed rounds.
                logger.bind(error=type(error).__name__).warning("Leases could not be renewed")
            await asyncio.sleep(RENEW_SECONDS)
