"""Stores what processes left on the disk that died, or stopped, while the database was away."""

import asyncio

from loguru import logger

from data.journal.delivery import Delivery, EntryStore
from data.journal.entries import JournalEntry
from data.journal.spool_disk import SpoolDisk
from data.journal.writer import BATCH

ROUND_SECONDS = 30.0
"""A process that dies is also missed by those that live: nobody has to start one anew."""


class SpoolAdopter:
    """Looks for spools without a process, at the start and from then on, and replays one after the other.

    Args:
        store: The database.
        disk: Knows where spools are.
    """

    def __init__(self, store: EntryStore, disk: SpoolDisk) -> None:
        self._disk = disk
        self._delivery = Delivery(store, self._set_aside, lambda: None)
        self._adopted: SpoolDisk | None = None
        self._task: asyncio.Task[None] | None = None
        self.quarantined = 0

    @property
    def depth(self) -> int:
        """Entries of dead processes that wait here."""
        return self._adopted.depth if self._adopted is not None else 0

    @property
    def size(self) -> int:
        """Their bytes."""
        return self._adopted.size if self._adopted is not None else 0

    def start(self) -> None:
        """Begin looking."""
        self._task = asyncio.get_running_loop().create_task(self._keep_looking(), name="spool-adopter")

    async def close(self) -> None:
        """Stop; what is not stored stays on the disk; idempotent."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def round(self) -> int:
        """Replay everything that nobody owns; returns how many entries that was."""
        count = 0
        while (spool := await self._disk.adopt()) is not None:
            count += await self._replay(spool)
        return count

    async def _replay(self, spool: SpoolDisk) -> int:
        count = 0
        self._adopted = spool
        try:
            while batch := await spool.read(BATCH):
                await self._delivery.deliver(batch)
                await spool.remove(len(batch))
                count += len(batch)
        finally:
            self.quarantined += spool.unreadable
            self._adopted = None
            await spool.close()
        if count:
            logger.bind(entries=count).info("Finished turns that another process had left on the disk were stored")
        return count

    async def _set_aside(self, entry: JournalEntry) -> None:
        self.quarantined += 1
        if self._adopted is None or not await self._adopted.refuse(entry):
            logger.bind(conversation=entry.conversation_id).error("What storage refused is lost")

    async def _keep_looking(self) -> None:
        while True:
            try:
                await self.round()
            except Exception:
                # A disk in trouble, or a defect: the next round tries again, and calls go on meanwhile.
                logger.exception("Finished turns on the disk could not be looked for")
            await asyncio.sleep(ROUND_SECONDS)
