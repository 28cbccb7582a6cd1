"""How the journal is doing, for health checks and metrics."""

from dataclasses import dataclass

from data.journal.delivery import DatabaseState


@dataclass(frozen=True, slots=True)
class JournalFigures:
    """A moment of the journal.

    Attributes:
        state: Of the database, by what the last attempts to store something say.
        in_memory: Entries on their way that are not on the disk.
        spooled: Entries that wait on the disk for the database, those of dead processes included.
        spool_bytes: What they take.
        stored: Entries handed to the database since the start.
        dropped: Entries lost since the start: neither database nor disk took them, and memory was full.
        quarantined: Entries that the database refused, or that could not be read again, since the start.
    """

    state: DatabaseState = DatabaseState.WORKING
    in_memory: int = 0
    spooled: int = 0
    spool_bytes: int = 0
    stored: int = 0
    dropped: int = 0
    quarantined: int = 0
