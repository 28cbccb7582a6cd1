"""Removes old entries of the audit log, a few at a time, for as long as the server runs.

The log outlives conversations (a year, not a month): it holds ids and no personal data, and what it answers, who
made a key or deleted a call, is often asked late.
"""

import asyncio
from datetime import UTC, datetime, timedelta

from loguru import logger
from sqlalchemy.exc import SQLAlchemyError

from data.database import Database
from data.repositories.audit_log import AuditLogRepository

ROUND_SECONDS = 6 * 3600.0
BATCH = 500
"""Removed in one transaction: SQLite has one place for writers, and calls want it too."""


class AuditRetention:
    """Keeps the audit log no longer than it should be.

    Args:
        database: Where it is.
        days: How long entries are kept; 0 keeps them for ever.
    """

    def __init__(self, database: Database, days: int) -> None:
        self._database = database
        self._days = days
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin, unless everything is kept."""
        if self._days:
            self._task = asyncio.get_running_loop().create_task(self._keep(), name="audit-retention")

    async def close(self) -> None:
        """Stop; idempotent."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def round(self, now: datetime) -> int:
        """Remove what is too old by now; returns how many entries that was.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: The database is away.
        """
        removed = 0
        while True:
            async with self._database.session() as session:
                repository = AuditLogRepository(session)
                count = await repository.remove_older(now - timedelta(days=self._days), BATCH)
            removed += count
            if count < BATCH:
                return removed

    async def _keep(self) -> None:
        while True:
            try:
                removed = await self.round(datetime.now(UTC))
                if removed:
                    logger.bind(entries=removed).info("Old entries of the audit log were removed")
            except (SQLAlchemyError, OSError, TimeoutError) as error:
                logger.bind(error=type(error).__name__).warning("The audit log could not be tidied; trying later")
            await asyncio.sleep(ROUND_SECONDS)
