"""Says that this process is alive, and ends the conversations of those that are not.

A running conversation names its process and carries a lease. Only an expired lease makes it `failed`, so that
one process never touches the live calls of another. After a time without the database all leases have expired,
those of live calls too: so a keeper gives everybody the time to renew before it collects anything. Should one
be collected wrongly all the same, its owner's next round takes it back.
"""

import asyncio
import time
from collections.abc import Callable, Collection
from datetime import UTC, datetime, timedelta

from loguru import logger
from sqlalchemy.exc import SQLAlchemyError

from data.call_store import LEASE_SECONDS
from data.database import Database
from data.repositories.conversation import ConversationRepository

RENEW_SECONDS = LEASE_SECONDS / 4
RETRY_SECONDS = 2.0
"""After a round that failed: the sooner the lease is renewed once the database is back, the better."""
STEADY_SECONDS = RENEW_SECONDS
"""How long the database must have answered before leases are collected: one round of everybody's."""


class LeaseKeeper:
    """Renews the leases of this process's calls and collects expired ones.

    Args:
        database: Where conversations are.
        owner: This process.
        running: Ids of the conversations that run here now.
        clock: Seconds, never going back.
    """

    def __init__(
        self,
        database: Database,
        owner: str,
        running: Callable[[], Collection[str]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._owner = owner
        self._running = running
        self._clock = clock
        self._steady_since: float | None = None
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
        """Renew, and collect if the database has been there for a while.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: The database is away.
        """
        began = self._clock()
        try:
            await self._round(collect=self._is_steady(began))
        except BaseException:
            self._steady_since = None
            raise
        if self._clock() - began > RETRY_SECONDS:
            # It answered late: others may still be waiting for it.
            self._steady_since = None
        elif self._steady_since is None:
            self._steady_since = began

    def _is_steady(self, now: float) -> bool:
        return self._steady_since is not None and now - self._steady_since >= STEADY_SECONDS

    async def _round(self, *, collect: bool) -> None:
        now = datetime.now(UTC)
        async with self._database.session() as session:
            repository = ConversationRepository(session)
            revived = await repository.renew_leases(
                self._owner, self._running(), now + timedelta(seconds=LEASE_SECONDS)
            )
            lost = await repository.expire_leases(now) if collect else ()
        for conversation_id in revived:
            logger.bind(conversation=conversation_id).warning("A conversation was taken for lost; it runs here")
        for conversation in lost:
            logger.bind(conversation=conversation.conversation_id).warning("A conversation lost its process")

    async def _keep(self) -> None:
        while True:
            delay = RENEW_SECONDS
            try:
                await self.round()
            except (SQLAlchemyError, OSError, TimeoutError) as error:
                logger.bind(error=type(error).__name__).warning("Leases could not be renewed")
                delay = RETRY_SECONDS
            await asyncio.sleep(delay)
