"""The SQLite of the event loop, alone and behind SQLAlchemy."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from data import sqlite_driver
from data.database import Database
from data.sqlite_driver import SqliteConnection


@pytest.fixture
async def connection(tmp_path: Path) -> AsyncIterator[SqliteConnection]:
    opened = await sqlite_driver.connect(str(tmp_path / "file.sqlite"), isolation_level=None)
    await opened.cursor().execute("CREATE TABLE things (id INTEGER PRIMARY KEY, name TEXT UNIQUE)")
    yield opened
    await opened.close()


async def test_a_cursor_tells_what_a_statement_did(connection: SqliteConnection) -> None:
    cursor = await connection.cursor().execute("INSERT INTO things (name) VALUES (?)", ("one",))
    assert (cursor.rowcount, cursor.lastrowid, cursor.description) == (1, 1, None)
    await cursor.executemany("INSERT INTO things (name) VALUES (?)", [("two",), ("three",), ("four",)])
    assert cursor.rowcount == 3
    await cursor.execute("SELECT id, name FROM things ORDER BY id")
    assert cursor.description is not None
    assert [column[0] for column in cursor.description] == ["id", "name"]
    assert await cursor.fetchall() == [(1, "one"), (2, "two"), (3, "three"), (4, "four")]
    assert await cursor.fetchall() == []
    await cursor.execute("SELECT 1")
    await cursor.close()
    assert await cursor.fetchall() == []


async def test_a_statement_with_rows_of_its_own_is_read_too(connection: SqliteConnection) -> None:
    cursor = connection.cursor()
    await cursor.execute("INSERT INTO things (name) VALUES ('x') RETURNING id")
    assert await cursor.fetchall() == [(1,)]


async def test_an_error_is_sqlites_own_and_leaves_the_connection_good(connection: SqliteConnection) -> None:
    cursor = connection.cursor()
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        await cursor.execute("SELECT * FROM nowhere")
    await cursor.execute("SELECT 1")
    assert await cursor.fetchall() == [(1,)]


async def test_a_closed_connection_says_so(tmp_path: Path) -> None:
    connection = await sqlite_driver.connect(str(tmp_path / "file.sqlite"))
    await connection.close()
    cursor = connection.cursor()
    with pytest.raises(ValueError, match="no active connection"):
        await cursor.execute("SELECT 1")


async def test_a_file_that_cannot_be_opened_leaves_no_thread(tmp_path: Path) -> None:
    before = threading.active_count()
    with pytest.raises(sqlite3.OperationalError):
        await sqlite_driver.connect(str(tmp_path / "nowhere" / "file.sqlite"))
    async with asyncio.timeout(5):
        while threading.active_count() > before:  # noqa: ASYNC110 - a thread's end has no event
            await asyncio.sleep(0)
    assert threading.active_count() == before


async def test_every_statement_is_one_visit_to_the_thread(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sqlite_database.check()
    visits: list[str] = []
    execute = SqliteConnection._execute

    async def counted(connection: SqliteConnection, function: Callable[..., object], *arguments: object) -> object:
        visits.append(repr(function))
        return await execute(connection, function, *arguments)  # type: ignore[no-untyped-call]

    monkeypatch.setattr(SqliteConnection, "_execute", counted)
    async with sqlite_database.read() as session:
        assert (await session.execute(text("SELECT 1 UNION SELECT 2"))).scalars().all() == [1, 2]
        assert (await session.execute(text("SELECT 3"))).scalar_one() == 3
    assert len(visits) == len(["BEGIN", "SELECT", "SELECT", "COMMIT", "ROLLBACK, as the pool does"]), visits


async def test_rows_come_in_parts_where_they_are_asked_for_so(sqlite_database: Database) -> None:
    async with sqlite_database.read() as session:
        result = await session.execute(text("SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4"))
        assert result.fetchone() == (1,)
        assert result.fetchmany(2) == [(2,), (3,)]
        assert result.fetchmany() == [(4,)]


async def test_sqlalchemy_knows_the_errors(sqlite_database: Database) -> None:
    async with sqlite_database.session() as session:
        await session.execute(text("CREATE TABLE things (name TEXT UNIQUE)"))
        await session.execute(text("INSERT INTO things VALUES ('x')"))
    with pytest.raises(IntegrityError):
        async with sqlite_database.session() as session:
            await session.execute(text("INSERT INTO things VALUES ('x')"))
    async with sqlite_database.session() as session:
        await session.execute(text("INSERT INTO things VALUES ('y')"))
        assert (await session.execute(text("SELECT count(*) FROM things"))).scalar_one() == 2
