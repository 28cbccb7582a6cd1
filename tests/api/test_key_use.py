"""When the last use of a key is written, and that nothing waits for it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from api.key_use import KeyUseWriter
from data.api_keys import Scope
from data.database import Database
from data.repositories.api_key import ApiKeyRepository
from data.workspaces import DEFAULT_WORKSPACE_ID
from tests.api.keys import issue_key


async def _last_use(database: Database, key_id: str) -> datetime | None:
    async with database.read() as session:
        return (await ApiKeyRepository(session).get(DEFAULT_WORKSPACE_ID, key_id)).last_used_at


class _CountedDatabase:
    """A database whose writes are counted, and fail while it is away."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.away = False
        self.writes = asyncio.Queue[None]()

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncSession]:
        self.writes.put_nowait(None)
        if self.away:
            raise OSError("gone")
        async with self.database.session() as session:
            yield session


@pytest.fixture
def counted(sqlite_database: Database) -> _CountedDatabase:
    return _CountedDatabase(sqlite_database)


async def test_a_busy_key_is_written_once_an_interval(counted: _CountedDatabase) -> None:
    key_id = (await issue_key(counted.database, Scope.READ)).key.key_id
    writer = KeyUseWriter(counted, interval=60)  # type: ignore[arg-type]
    writer.start()
    writer.note(key_id)
    await asyncio.wait_for(counted.writes.get(), 5)
    for _ in range(1000):
        writer.note(key_id)
        await asyncio.sleep(0)
    assert counted.writes.empty()
    await writer.close()
    assert counted.writes.qsize() == 1  # the end of it, when the server stops
    assert await _last_use(counted.database, key_id) is not None
    await writer.close()


async def test_a_lost_database_costs_a_note_and_nothing_else(counted: _CountedDatabase) -> None:
    key_id = (await issue_key(counted.database, Scope.READ)).key.key_id
    counted.away = True
    writer = KeyUseWriter(counted, interval=0)  # type: ignore[arg-type]
    writer.start()
    writer.note(key_id)
    await asyncio.wait_for(counted.writes.get(), 5)
    counted.away = False
    await writer.close()
    assert await _last_use(counted.database, key_id) is not None
