"""Notes when keys were last used, without making any request wait for the database."""

import asyncio
from datetime import UTC, datetime

from loguru import logger
from sqlalchemy.exc import SQLAlchemyError

from data.database import Database
from data.repositories.api_key import ApiKeyRepository

WRITE_SECONDS = 60.0
"""A key's last use is written no more often than this."""
_LAST_WRITE_SECONDS = 2.0
_FAULTS = (SQLAlchemyError, OSError, TimeoutError)


class KeyUseWriter:
    """Collects uses and writes them together.

    Args:
        database: Where keys are.
        interval: Seconds between two writes.
    """

    def __init__(self, database: Database, *, interval: float = WRITE_SECONDS) -> None:
        self._database = database
        self._interval = interval
        self._pending: dict[str, datetime] = {}
        self._used = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin writing."""
        self._task = asyncio.get_running_loop().create_task(self._run(), name="key-use")

    def note(self, key_id: str) -> None:
        """A key was used now. There are never more entries than keys."""
        self._pending[key_id] = datetime.now(UTC)
        self._used.set()

    async def close(self) -> None:
        """Write what is left, for two seconds at most, and stop; idempotent."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            try:
                async with asyncio.timeout(_LAST_WRITE_SECONDS):
                    await self._write()
            except TimeoutError:
                logger.info("The last uses of API keys were not stored: the database was too slow")

    async def _run(self) -> None:
        while True:
            await self._used.wait()
            self._used.clear()
            await self._write()
            await asyncio.sleep(self._interval)

    async def _write(self) -> None:
        uses, self._pending = self._pending, {}
        if not uses:
            return
        try:
            async with self._database.session() as session:
                await ApiKeyRepository(session).used(uses)
        except _FAULTS as error:
            # Only a note for people: it is tried again with the next use.
            self._pending = {**uses, **self._pending}
            logger.bind(error=type(error).__name__).info("The last uses of API keys could not be stored")
