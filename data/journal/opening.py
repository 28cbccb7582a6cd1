"""Puts the journal of a process together: writer, disk, and the adopter of what dead processes left."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from loguru import logger

from data.call_store import DatabaseCallStore
from data.crypto import make_cipher
from data.database import Database
from data.journal.adoption import SpoolAdopter
from data.journal.figures import JournalFigures
from data.journal.spool_disk import SpoolDisk
from data.journal.spool_folder import SpoolFolder
from data.journal.writer import JournalWriter


@dataclass(frozen=True, slots=True)
class OpenJournal:
    """A running journal.

    Attributes:
        writer: Takes what happens in calls.
        adopter: Replays what others left.
    """

    writer: JournalWriter
    adopter: SpoolAdopter

    def figures(self) -> JournalFigures:
        """How both are doing."""
        own, adopter = self.writer.figures(), self.adopter
        return replace(
            own,
            spooled=own.spooled + adopter.depth,
            spool_bytes=own.spool_bytes + adopter.size,
            quarantined=own.quarantined + adopter.quarantined,
        )


@asynccontextmanager
async def open_journal(
    database: Database, spool_path: Path, encryption_keys: Sequence[str], owner: str
) -> AsyncIterator[OpenJournal]:
    """Run a journal while the context lasts; at its end what the database does not take stays on the disk.

    Args:
        database: Where turns go.
        spool_path: `SPOOL_PATH`.
        encryption_keys: `ENCRYPTION_KEY`; without any, transcripts lie on the disk as plain text meanwhile.
        owner: This process.

    Raises:
        ConfigurationError: A key is no key.
    """
    folder = SpoolFolder(spool_path, database.identity, make_cipher(encryption_keys))
    for foreign in await asyncio.to_thread(folder.foreign):
        logger.bind(folder=str(foreign)).warning(
            "Finished turns of another DATABASE_URL wait on the disk; a start with that URL stores them"
        )
    store = DatabaseCallStore(database)
    writer = JournalWriter(store, SpoolDisk(folder, owner))
    adopter = SpoolAdopter(store, SpoolDisk(folder, owner))
    writer.start()
    adopter.start()
    try:
        yield OpenJournal(writer, adopter)
    finally:
        await adopter.close()
        await writer.close()
