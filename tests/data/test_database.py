"""The database object: transactions, read-only sessions, many writers at once."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import DBAPIError

from config.errors import ConfigurationError
from data.database import Database
from data.models import WorkspaceRow
from data.repositories import ConversationRepository
from tests.data.values import NOW, WS, conversation, turn


def _workspace(name: str) -> dict[str, object]:
    return {"workspace_id": name, "name": name, "created_at": NOW}


async def _workspaces(database: Database) -> list[str]:
    async with database.read() as session:
        names = await session.scalars(select(WorkspaceRow.workspace_id).order_by(WorkspaceRow.workspace_id))
        return list(names)


async def test_a_session_commits_on_a_clean_exit_and_rolls_back_on_an_error(database: Database) -> None:
    async with database.session() as session:
        await session.execute(insert(WorkspaceRow), [_workspace("ws_a")])

    async def fail() -> None:
        async with database.session() as session:
            await session.execute(insert(WorkspaceRow), [_workspace("ws_b")])
            raise RuntimeError("on purpose")

    with pytest.raises(RuntimeError, match="on purpose"):
        await fail()
    assert await _workspaces(database) == ["ws_a", WS]


async def test_a_cancelled_session_rolls_back_and_lets_others_go_on(database: Database) -> None:
    inside = asyncio.Event()

    async def hang() -> None:
        async with database.session() as session:
            await session.execute(insert(WorkspaceRow), [_workspace("ws_a")])
            inside.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(hang())
    await inside.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with database.session() as session:
        await session.execute(insert(WorkspaceRow), [_workspace("ws_b")])
    assert await _workspaces(database) == ["ws_b", WS]


async def test_reading_sessions_cannot_write_and_writing_ones_can_afterwards(database: Database) -> None:
    async with database.read() as session:
        with pytest.raises(DBAPIError):
            await session.execute(insert(WorkspaceRow), [_workspace("ws_a")])
        await session.rollback()
    async with database.session() as session:
        await session.execute(insert(WorkspaceRow), [_workspace("ws_b")])
    assert await _workspaces(database) == ["ws_b", WS]


async def test_readers_do_not_wait_for_a_writer(database: Database) -> None:
    async with database.session() as session:
        await session.execute(insert(WorkspaceRow), [_workspace("ws_a")])
        async with asyncio.timeout(5):
            assert await _workspaces(database) == [WS]


async def test_many_writers_that_read_first(database: Database) -> None:
    new = conversation()
    async with database.session() as session:
        await ConversationRepository(session).create(new)

    async def add(position: int) -> None:
        async with database.session() as session:
            talks = ConversationRepository(session)
            await talks.get(WS, new.conversation_id)
            await talks.add_turn(new.conversation_id, turn(position))

    await asyncio.gather(*(add(position) for position in range(40)))
    async with database.read() as session:
        assert (await ConversationRepository(session).get(WS, new.conversation_id)).message_count == 40


async def test_two_database_objects_write_to_one_place(database_url: str) -> None:
    databases = [Database(database_url), Database(database_url)]

    async def add(index: int) -> None:
        async with databases[index % 2].session() as session:
            await session.scalars(select(WorkspaceRow))
            await session.execute(insert(WorkspaceRow), [_workspace(f"ws_{index:02}")])

    await asyncio.gather(*map(add, range(20)))
    assert len(await _workspaces(databases[0])) == 21
    for database in databases:
        await database.close()


async def test_sqlite_is_set_up(sqlite_database: Database) -> None:
    async with sqlite_database.read() as session:
        found = {
            name: await session.scalar(text(f"PRAGMA {name}"))
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert found == {"journal_mode": "wal", "synchronous": 1, "foreign_keys": 1, "busy_timeout": 10_000}


async def test_a_new_sqlite_file_gets_its_folder(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'a' / 'b' / 'c.db'}")
    await database.upgrade()
    await database.check()
    await database.close()
    assert (tmp_path / "a" / "b" / "c.db").is_file()


async def test_check_tells_when_the_database_is_away(tmp_path: Path) -> None:
    database = Database(f"postgresql://nobody@/none?host={tmp_path}")
    with pytest.raises(DBAPIError):
        await database.check()
    await database.close()


def test_an_impossible_url_stops_the_start() -> None:
    with pytest.raises(ConfigurationError) as error:
        Database("mysql://root:hunter2@host/db")
    assert "hunter2" not in error.value.message
    assert error.value.param == "DATABASE_URL"
