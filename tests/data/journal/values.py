"""Entries, and a database that does what it is told, for the tests of the journal."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from data.crypto import Cipher, NoEncryption
from data.journal.entries import CallOver, JournalEntry, StreamBegan, TurnOver
from data.journal.figures import JournalFigures
from data.journal.spool_disk import SpoolDisk
from data.journal.spool_folder import SpoolFolder
from data.records import CallOutcome, EndReason, Role, ToolCallRecord, TurnLatency, TurnRecord

SECRET_WORDS = "My card is 4111."


def turn_over(position: int, conversation: str = "conv_1") -> TurnOver:
    return TurnOver(conversation, TurnRecord(position, Role.USER, SECRET_WORDS, 1.0))


def a_call(conversation: str = "conv_1", turns: int = 2) -> list[JournalEntry]:
    outcome = CallOutcome(EndReason.AGENT_ENDED, datetime(2026, 11, 20, tzinfo=UTC), 12.0)
    tool = ToolCallRecord("t1", "book", {"name": "Zoë\n"}, {"ok": [1, None]}, False, 3.5)
    last = TurnRecord(
        turns, Role.AGENT, "Bye.", 9.0, latency=TurnLatency(voice_to_voice_ms=612.5), tool_calls=(tool,)
    )
    return [
        StreamBegan(conversation, "host:1", "MZ1", 1.0),
        *(turn_over(position, conversation) for position in range(turns)),
        TurnOver(conversation, last),
        CallOver(conversation, outcome),
    ]


class Store:
    """An `EntryStore` that remembers, is shut, fails, or refuses as it is told."""

    def __init__(self) -> None:
        self.stored: list[JournalEntry] = []
        self.batches: list[int] = []
        self.took_some = asyncio.Event()
        self.failures: list[Exception] = []
        self.refused: set[str] = set()
        self.open = asyncio.Event()
        self.open.set()

    async def store(self, entries: Sequence[JournalEntry]) -> None:
        await self.open.wait()
        if self.failures:
            raise self.failures.pop(0)
        if any(entry.conversation_id in self.refused for entry in entries):
            raise ValueError("a defect of ours")
        self.stored.extend(entries)
        self.batches.append(len(entries))
        self.took_some.set()


def spool_folder(path: Path, cipher: Cipher | None = None, *, most_bytes: int = 1_000_000) -> SpoolFolder:
    return SpoolFolder(path, "database", cipher or NoEncryption(), most_bytes=most_bytes)


def spool_disk(path: Path, owner: str = "host:1") -> SpoolDisk:
    return SpoolDisk(spool_folder(path), owner)


def files(folder: Path) -> list[Path]:
    return sorted(file for file in folder.rglob("*") if file.is_file())


async def on_the_disk(figures: Callable[[], JournalFigures], count: int) -> None:
    """Return once so many entries wait on the disk; fails after five seconds."""
    for _ in range(1000):
        if (figures().in_memory, figures().spooled) == (0, count):
            return
        await asyncio.sleep(0.005)
    raise AssertionError(f"{figures()}")
