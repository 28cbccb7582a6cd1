"""The journal on a real database: what a killed or stopped process left is stored once, by whoever starts next."""

import asyncio
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import text

from config.errors import ConfigurationError
from data.crypto import make_cipher
from data.database import Database
from data.journal import delivery as delivery_module
from data.journal.entries import CallOver, JournalEntry, StreamBegan, TurnOver
from data.journal.opening import open_journal
from data.journal.spool_folder import SpoolFolder
from data.records import CallOutcome, CallStatus, ConversationRecord, EndReason, Role
from data.repositories.conversation import ConversationRepository
from tests.data.journal.values import files, on_the_disk
from tests.data.values import WS, conversation, later, turn

KEYS = [Fernet.generate_key().decode()]


async def announce(database: Database) -> str:
    new = conversation()
    async with database.session() as session:
        await ConversationRepository(session).create(new)
    return new.conversation_id


async def stored(database: Database, conversation_id: str) -> ConversationRecord:
    async with database.read() as session:
        return await ConversationRepository(session).get(WS, conversation_id)


def a_call(conversation_id: str) -> list[JournalEntry]:
    outcome = CallOutcome(EndReason.AGENT_ENDED, later(30), 28.0)
    return [
        StreamBegan(conversation_id, "host:1", "MZ1", later(2).timestamp()),
        TurnOver(conversation_id, turn(0, "Hello?")),
        TurnOver(conversation_id, turn(1, "Goodbye.", Role.AGENT, 5.0)),
        CallOver(conversation_id, outcome),
    ]


async def test_a_call_is_stored_and_may_be_stored_again(database: Database, tmp_path: Path) -> None:
    call = a_call(await announce(database))
    async with open_journal(database, tmp_path / "spool", KEYS, "host:1") as journal:
        for entry in (*call, *call):
            journal.writer.put(entry)
        assert await journal.writer.flush(10)
        assert journal.figures().quarantined == 0
    record = await stored(database, call[0].conversation_id)
    assert (record.status, record.message_count) == (CallStatus.COMPLETED, 2)
    assert record.transcript_text == "User: Hello?\nAgent: Goodbye."


async def test_a_deleted_conversation_is_not_kept_anywhere(database: Database, tmp_path: Path) -> None:
    conversation_id, other = await announce(database), await announce(database)
    async with database.session() as session:
        await ConversationRepository(session).delete(WS, conversation_id)
    async with open_journal(database, tmp_path / "spool", (), "host:1") as journal:
        for entry in (*a_call(conversation_id), *a_call(other)):
            journal.writer.put(entry)
        assert await journal.writer.flush(10)
        assert (journal.figures().quarantined, journal.figures().dropped) == (0, 0)
    assert (await stored(database, other)).status is CallStatus.COMPLETED
    assert files(tmp_path / "spool") == []


async def test_the_next_start_stores_what_a_dead_process_left(database: Database, tmp_path: Path) -> None:
    call = a_call(await announce(database))
    left = SpoolFolder(tmp_path / "spool", database.identity, make_cipher(KEYS)).create("host:1")
    left.append(call)
    left.close()  # as if the operating system had: the lock is gone, the files are there
    async with (
        open_journal(database, tmp_path / "spool", KEYS, "host:2") as one,
        open_journal(database, tmp_path / "spool", KEYS, "host:3") as two,
    ):
        # The files go last; a journal that is closed between the two leaves them for the next start.
        for _ in range(1000):
            if not files(tmp_path / "spool"):
                break
            await asyncio.sleep(0.01)
        assert one.figures().dropped + two.figures().dropped == 0
    record = await stored(database, call[0].conversation_id)
    assert record.status is CallStatus.COMPLETED
    assert [kept.message for kept in record.turns] == ["Hello?", "Goodbye."]
    assert files(tmp_path / "spool") == []


async def test_a_locked_database_holds_up_nobody(
    database: Database, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery_module, "PATIENCE_SECONDS", 0.02)
    call = a_call(await announce(database))
    locker = Database(database_url)
    async with open_journal(database, tmp_path / "spool", KEYS, "host:1") as journal, locker.session() as session:
        # On SQLite any write locks all; on PostgreSQL the row has to be taken.
        await session.execute(text("UPDATE conversations SET agent_name = 'x'"))
        for entry in call:
            journal.writer.put(entry)
        await on_the_disk(journal.figures, len(call))
    await locker.close()
    assert (await stored(database, call[0].conversation_id)).status is CallStatus.COMPLETED


async def test_a_key_that_is_none_stops_the_start(sqlite_database: Database, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="ENCRYPTION_KEY: a key is 32 bytes"):
        async with open_journal(sqlite_database, tmp_path / "spool", ["secret"], "host:1"):
            pytest.fail("it opened")
