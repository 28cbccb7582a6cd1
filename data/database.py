"""The database: where it is, its sessions, its migrations. One object per process."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from data.database_url import parse_database_url
from data.engine import BUSY_TIMEOUT_SECS, READ_ONLY, make_async_engine
from data.migrate import upgrade


class Database:
    """One database, SQLite or PostgreSQL.

    Args:
        url: As `DATABASE_URL` says it; see `data.database_url.parse_database_url`. The folder of an SQLite
            file is created.

    Raises:
        ConfigurationError: The URL names no database that we support.
    """

    def __init__(self, url: str) -> None:
        self._url = parse_database_url(url)
        if self._url.sqlite_path is not None:
            self._url.sqlite_path.parent.mkdir(parents=True, exist_ok=True)
        self._engine = make_async_engine(self._url.async_url)
        reading = self._engine.execution_options(**{READ_ONLY: True})
        if not self._url.is_sqlite:
            reading = reading.execution_options(postgresql_readonly=True)
        self._writing = async_sessionmaker(self._engine, expire_on_commit=False)
        self._reading = async_sessionmaker(reading, expire_on_commit=False)
        # SQLite has one writer at a time and no queue for it: those that wait poll. Within this process
        # writers queue here instead, first come first served, without holding a connection.
        self._write_turn = asyncio.Lock() if self._url.is_sqlite else None

    @property
    def description(self) -> str:
        """Its address for a log, without a password."""
        return self._url.describe()

    @property
    def identity(self) -> str:
        """What tells it from other databases: the file, or host and name, whoever the user is."""
        path = self._url.sqlite_path
        if path is not None:
            return str(path.absolute())
        return self._url.async_url.set(username=None, password=None, query={}).render_as_string()

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncSession]:
        """A session that may write: commits on a clean exit, rolls back on an error.

        On SQLite only one is open at a time; keep it short, never await a vendor within it, and never open
        a second one inside it.

        Raises:
            TimeoutError: SQLite only: other writers of this process took more than 10 s.
            sqlalchemy.exc.SQLAlchemyError: The database refused or is away.
        """
        async with self._turn(), self._writing() as session, session.begin():
            yield session

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """A session that only reads (the database refuses writes): never waits for writers.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: The database refused or is away.
        """
        async with self._reading() as session, session.begin():
            yield session

    async def check(self) -> None:
        """Make sure that the database answers.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: It does not.
        """
        async with self.read() as session:
            await session.execute(text("SELECT 1"))

    async def upgrade(self) -> None:
        """Bring the tables to this version's; safe when several processes start at once.

        Raises:
            ConfigurationError: A newer version of the product has written this database, or another starter
                holds the migration lock for more than two minutes.
        """
        await asyncio.to_thread(upgrade, self._url)

    async def close(self) -> None:
        """Close all connections."""
        await self._engine.dispose()

    def _turn(self) -> AbstractAsyncContextManager[None]:
        return nullcontext() if self._write_turn is None else _within(self._write_turn, BUSY_TIMEOUT_SECS)


@asynccontextmanager
async def _within(lock: asyncio.Lock, seconds: float) -> AsyncIterator[None]:
    async with asyncio.timeout(seconds):
        await lock.acquire()
    try:
        yield
    finally:
        lock.release()
