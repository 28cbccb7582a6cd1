"""This process's spool as the event loop uses it: each file operation on one thread, nothing made before its use.

The thread is what makes a spool, which is for one thread at a time, safe.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from data.journal.entries import JournalEntry
from data.journal.spool import Spool
from data.journal.spool_folder import SpoolFolder

Result = TypeVar("Result")


class SpoolDisk:
    """A spool behind one thread.

    Args:
        folder: Where spools are.
        owner: This process.
    """

    def __init__(self, folder: SpoolFolder, owner: str) -> None:
        self._folder = folder
        self._owner = owner
        self._spool: Spool | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="spool")
        self.depth = 0
        self.size = 0
        self.unreadable = 0

    async def append(self, entries: Sequence[JournalEntry]) -> None:
        """Put entries behind those that wait; they are on the disk when this returns.

        Raises:
            SpoolFullError: There is no room for them.
            OSError: The disk refused.
        """
        await self._run(lambda: self._opened().append(entries))

    async def read(self, most: int) -> tuple[JournalEntry, ...]:
        """The first entries that wait; empty if none does."""
        spool = self._spool
        return () if spool is None else await self._run(lambda: spool.read(most))

    async def remove(self, count: int) -> None:
        """The first `count` entries are stored."""
        spool = self._spool
        if spool is not None:
            await self._run(lambda: spool.remove(count))

    async def refuse(self, entry: JournalEntry) -> bool:
        """Keep what the database refuses; False if it could not be kept."""
        try:
            return await self._run(lambda: self._opened().refuse(entry))
        except OSError:
            return False

    async def adopt(self) -> "SpoolDisk | None":
        """Take over the spool of a dead process, if there is one; None if not."""
        spool = await self._run(lambda: next(self._folder.abandoned(), None))
        if spool is None:
            return None
        adopted = SpoolDisk(self._folder, self._owner)
        adopted._take(spool)
        return adopted

    async def close(self) -> None:
        """Let go of the spool; what waits stays on the disk for whoever starts next."""
        spool, self._spool = self._spool, None
        if spool is not None:
            await asyncio.wrap_future(self._thread.submit(spool.close))
        self._thread.shutdown(wait=False)

    def _opened(self) -> Spool:
        if self._spool is None:
            self._spool = self._folder.create(self._owner)
        return self._spool

    def _take(self, spool: Spool) -> None:
        self._spool = spool
        self._count()

    def _count(self) -> None:
        if self._spool is not None:
            self.depth, self.size, self.unreadable = (
                self._spool.depth,
                self._spool.size,
                self._spool.unreadable,
            )

    async def _run(self, work: Callable[[], Result]) -> Result:
        def run() -> Result:
            try:
                return work()
            finally:
                self._count()

        return await asyncio.wrap_future(self._thread.submit(run))
