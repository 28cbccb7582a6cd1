"""SQLite for the event loop with one visit to the connection's thread for each statement.

SQLAlchemy asks a cursor of aiosqlite to be made, to execute, to hand out its rows and to close, and each of these
is a visit of its own to the thread and back. Calls store turns in half a dozen statements, many times a second.
This cursor does all four in one.
"""

import sqlite3
from collections.abc import Callable, Generator, Sequence
from typing import Self, TypeVar

import aiosqlite

SqlValue = str | int | float | bytes | None
Parameters = Sequence[SqlValue]
Row = tuple[SqlValue, ...]

_Made = TypeVar("_Made")
_ITERATION_CHUNK = 64
"""Rows that aiosqlite's own cursors would read at a time; none of them is made here."""


def connect(database: str, **arguments: object) -> "SqliteConnection":
    """What `aiosqlite.connect` does, with the connection of this module: awaited, it is open.

    Args:
        database: Path of the file, or `:memory:`.
        arguments: Of `sqlite3.connect`.
    """

    def open_file() -> sqlite3.Connection:
        opened: sqlite3.Connection = sqlite3.connect(database, **arguments)  # type: ignore[call-overload]
        return opened

    connection = SqliteConnection(open_file, _ITERATION_CHUNK)
    # As SQLAlchemy does it for aiosqlite's own: a connection that is never closed must not keep the process alive.
    connection._thread.daemon = True
    return connection


class SqliteConnection(aiosqlite.Connection):
    """A connection whose cursors are `SqliteCursor`s."""

    def __await__(self) -> Generator[object, None, "SqliteConnection"]:
        """Open the file.

        Raises:
            sqlite3.Error: What SQLite says to it.
        """
        yield from super().__await__()
        return self

    def cursor(self) -> "SqliteCursor":  # type: ignore[override]
        """A cursor, which does not exist for SQLite before it executes something."""
        return SqliteCursor(self)

    async def visit(self, function: Callable[[sqlite3.Connection], _Made]) -> _Made:
        """Run a function in the connection's thread.

        Raises:
            ValueError: The connection is closed.
        """
        made: _Made = await self._execute(function, self._conn)  # type: ignore[no-untyped-call]
        return made


class SqliteCursor:
    """As much of a cursor as SQLAlchemy's adapter for asyncio uses; what it has read, it has read whole.

    Attributes:
        description: Of the last statement's columns; None if it has none.
        rowcount: Rows that the last statement changed; -1 if that does not apply.
        lastrowid: Of the last row that was inserted.
        arraysize: Rows of a `fetchmany` that names no number, which SQLAlchemy's adapter has itself.
    """

    def __init__(self, connection: SqliteConnection) -> None:
        self._connection = connection
        self._rows: list[Row] = []
        self.description: tuple[tuple[str, None, None, None, None, None, None], ...] | None = None
        self.rowcount = -1
        self.lastrowid: int | None = None
        self.arraysize = 1

    async def __aenter__(self) -> Self:
        """Nothing is opened."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Nothing is left open."""

    async def execute(self, operation: str, parameters: Parameters = ()) -> Self:
        """Run one statement and read all its rows.

        Raises:
            sqlite3.Error: What SQLite says to it.
        """
        await self._connection.visit(lambda opened: self._run(opened.execute(operation, parameters)))
        return self

    async def executemany(self, operation: str, parameters: Sequence[Parameters]) -> Self:
        """Run one statement with each of several sets of parameters.

        Raises:
            sqlite3.Error: What SQLite says to it.
        """
        await self._connection.visit(lambda opened: self._run(opened.executemany(operation, parameters)))
        return self

    async def fetchall(self) -> list[Row]:
        """The rows that were not fetched yet."""
        rows, self._rows = self._rows, []
        return rows

    async def close(self) -> None:
        """Forget what was read."""
        self._rows = []

    def _run(self, ran: sqlite3.Cursor) -> None:
        """Take everything from a cursor that has executed; in the connection's thread."""
        try:
            self.description = ran.description
            self._rows = ran.fetchall() if ran.description else []
            self.rowcount = ran.rowcount
            self.lastrowid = ran.lastrowid
        finally:
            ran.close()
