"""The process's one writer of what happens in calls: memory, then the database, over the disk in bad times.

Entries are in one order: those on the disk, then those in memory. While the database works, each is stored at
once and never sees the disk. As soon as one is not stored within a quarter of a second, or refused because the
database is in trouble, everything in memory goes to the disk and is stored from there, until nothing is left.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from itertools import islice

from loguru import logger

from data.journal.delivery import DatabaseState, Delivery, EntryStore
from data.journal.entries import JournalEntry, TurnOver
from data.journal.figures import JournalFigures
from data.journal.spool_disk import SpoolDisk

MEMORY_LIMIT = 5_000
"""Entries in memory while neither database nor disk takes any; a further turn is dropped."""
RESERVED_FOR_ENDS = 1_000
"""Beginnings and ends of calls may go beyond the limit: without its end a conversation would stay open."""
BATCH = 20
"""Stored in one transaction: keeps SQLite's one place for writers free for others, and commits few."""
_SPILL_BATCH = 500
_DISK_RETRY_SECONDS = 1.0
_COMPLAINT_SECONDS = 10.0


class JournalWriter:
    """Takes entries without waiting, and brings each to safety.

    Args:
        store: The database.
        disk: Where entries wait for it.
    """

    def __init__(self, store: EntryStore, disk: SpoolDisk) -> None:
        self._disk = disk
        self._delivery = Delivery(store, self._set_aside, self._spill_soon)
        self._memory: deque[JournalEntry] = deque()
        # Whoever moves entries, from memory to disk or out of either, holds it.
        self._moved = asyncio.Condition()
        self._arrived = asyncio.Event()
        self._trouble = asyncio.Event()
        self._tasks: tuple[asyncio.Task[None], ...] = ()
        self._taken = 0
        self._stored = 0
        self._dropped = 0
        self._quarantined = 0
        self._complained_at = -_COMPLAINT_SECONDS

    def start(self) -> None:
        """Begin writing."""
        loop = asyncio.get_running_loop()
        self._tasks = (
            loop.create_task(self._store_all(), name="journal-writer"),
            loop.create_task(self._spill_all(), name="journal-spiller"),
        )

    def put(self, entry: JournalEntry) -> None:
        """Take an entry; never waits and never raises. What there is no room for is counted as dropped."""
        limit = MEMORY_LIMIT if isinstance(entry, TurnOver) else MEMORY_LIMIT + RESERVED_FOR_ENDS
        if len(self._memory) >= limit:
            self._dropped += 1
            self._complain("Neither database nor disk takes finished turns, and memory is full: some are lost")
            return
        self._taken += 1
        self._memory.append(entry)
        self._arrived.set()

    def figures(self) -> JournalFigures:
        """How it is doing."""
        return JournalFigures(
            state=self._delivery.state,
            in_memory=len(self._memory),
            spooled=self._disk.depth,
            spool_bytes=self._disk.size,
            stored=self._stored,
            dropped=self._dropped,
            quarantined=self._quarantined + self._disk.unreadable,
        )

    async def flush(self, timeout: float) -> bool:
        """Wait until everything taken so far is stored; the disk is good enough while the database is away.

        Returns:
            False if `timeout` was too short. Nothing is lost by that: whatever waits is on its way.
        """
        taken = self._taken

        def is_settled() -> bool:
            safe = self._taken - len(self._memory)
            if self._delivery.state is DatabaseState.AWAY:
                return safe >= taken
            return safe - self._disk.depth >= taken

        return await self._wait(is_settled, timeout)

    async def close(self, timeout: float = 10.0) -> None:
        """Store what waits, within the timeout; leave the rest on the disk for the next start; idempotent."""
        tasks, self._tasks = self._tasks, ()
        if tasks:
            await self._wait(lambda: not self._memory and not self._disk.depth, timeout)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        waiting = len(self._memory)
        if waiting and not await self._spill(waiting):
            self._dropped += waiting
            self._memory.clear()
            logger.bind(entries=waiting).error(
                "Finished turns could be stored neither in the database nor on disk"
            )
        if self._disk.depth:
            logger.bind(entries=self._disk.depth).warning(
                "Finished turns wait on the disk; the next start stores them"
            )
        await self._disk.close()

    async def _wait(self, condition: Callable[[], bool], timeout: float) -> bool:
        try:
            async with asyncio.timeout(timeout), self._moved:
                await self._moved.wait_for(condition)
        except TimeoutError:
            return False
        return True

    # --- to the database ----------------------------------------------------------------------------------

    async def _store_all(self) -> None:
        while True:
            try:
                await self._store_batch()
            except Exception:
                # A defect, or a disk that cannot delete: what waits stays in order, and is tried again.
                logger.exception("Finished turns could not be stored")
                await asyncio.sleep(_DISK_RETRY_SECONDS)

    async def _store_batch(self) -> None:
        batch = await self._next_batch()
        await self._delivery.deliver(batch)
        async with self._moved:
            # Meanwhile the batch may have moved from memory to the head of the disk, but never back.
            if self._disk.depth:
                await self._disk.remove(len(batch))
            else:
                self._forget(len(batch))
            self._stored += len(batch)
            if not self._disk.depth:
                self._trouble.clear()
            self._moved.notify_all()

    async def _next_batch(self) -> tuple[JournalEntry, ...]:
        while True:
            async with self._moved:
                batch = await self._disk.read(BATCH) if self._disk.depth else ()
                batch = batch or tuple(islice(self._memory, BATCH))
                if batch:
                    return batch
                self._arrived.clear()
            await self._arrived.wait()

    async def _set_aside(self, entry: JournalEntry) -> None:
        self._quarantined += 1
        if not await self._disk.refuse(entry):
            logger.bind(conversation=entry.conversation_id).error("What storage refused is lost")

    # --- to the disk --------------------------------------------------------------------------------------

    def _spill_soon(self) -> None:
        self._trouble.set()

    async def _spill_all(self) -> None:
        while True:
            await self._trouble.wait()
            if not self._memory:
                # Never cleared here: the writer does that, and puts only happen between two awaits.
                await self._wait_for_arrival()
            elif not await self._spill(_SPILL_BATCH):
                await asyncio.sleep(_DISK_RETRY_SECONDS)

    async def _wait_for_arrival(self) -> None:
        self._arrived.clear()
        await self._arrived.wait()

    async def _spill(self, most: int) -> bool:
        """Move entries from memory to the disk; False if the disk did not take them."""
        async with self._moved:
            entries = tuple(islice(self._memory, most))
            if not entries:
                return True
            try:
                await self._disk.append(entries)
            except Exception as error:
                # Full, read-only, gone, or a defect of ours: memory holds what it can.
                self._complain(f"The disk takes no finished turns ({type(error).__name__}); they stay in memory")
                return False
            self._forget(len(entries))
            self._moved.notify_all()
            return True

    def _forget(self, count: int) -> None:
        for _ in range(count):
            self._memory.popleft()

    def _complain(self, what: str) -> None:
        now = time.monotonic()
        if now - self._complained_at >= _COMPLAINT_SECONDS:
            self._complained_at = now
            logger.bind(in_memory=len(self._memory), dropped=self._dropped).error(what)
