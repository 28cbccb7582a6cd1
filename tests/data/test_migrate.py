"""Migrations: up, down, twice at once, and nothing in the models that they forgot."""

import asyncio
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, select, text

from config.errors import ConfigurationError
from data.agent_config import AgentConfig
from data.database import Database
from data.database_url import parse_database_url
from data.engine import make_migration_engine
from data.migrate import downgrade, upgrade
from data.models import AgentRow, Base, WorkspaceRow
from data.repositories import AgentRepository
from data.workspaces import DEFAULT_WORKSPACE_ID

_ROOT = Path(__file__).parents[2]
_VERSIONS = _ROOT / "data" / "migrations" / "versions"


def _tables(url: str) -> set[str]:
    engine = make_migration_engine(parse_database_url(url).sync_url)
    with engine.connect() as connection:
        names = set(inspect(connection).get_table_names())
    engine.dispose()
    return names


def test_up_down_and_up_again(empty_database_url: str) -> None:
    url = parse_database_url(empty_database_url)
    upgrade(url)
    assert _tables(empty_database_url) == set(Base.metadata.tables) | {"alembic_version"}
    downgrade(url, "base")
    assert _tables(empty_database_url) == {"alembic_version"}
    upgrade(url)
    assert _tables(empty_database_url) == set(Base.metadata.tables) | {"alembic_version"}


def test_every_step_can_be_taken_back(empty_database_url: str) -> None:
    url = parse_database_url(empty_database_url)
    revisions = [f"{number:04d}" for number in range(1, len(list(_VERSIONS.glob("0*.py"))) + 1)]
    tables = []
    for revision in revisions:
        upgrade(url, revision)
        tables.append(_tables(empty_database_url))
    for revision, known in reversed(list(zip(revisions, tables, strict=True))):
        downgrade(url, revision)
        assert _tables(empty_database_url) == known, revision
        upgrade(url)
    assert {"api_keys", "audit_log"} == tables[1] - tables[0]


def test_the_migrations_make_exactly_the_models(database_url: str) -> None:
    engine = make_migration_engine(parse_database_url(database_url).sync_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()


def test_names_fit_into_postgresql() -> None:
    names = [
        str(thing.name)
        for table in Base.metadata.tables.values()
        for things in (table.constraints, table.indexes)
        for thing in things
    ]
    assert max(map(len, names)) <= 63


async def test_the_default_workspace_is_there(database: Database) -> None:
    async with database.read() as session:
        assert list(await session.scalars(select(WorkspaceRow.workspace_id))) == [DEFAULT_WORKSPACE_ID]


async def test_upgrade_keeps_what_is_stored(database: Database) -> None:
    now = datetime.now(UTC)
    agent = AgentConfig(
        agent_id="agent_1",
        workspace_id=DEFAULT_WORKSPACE_ID,
        name="A",
        system_prompt="P",
        created_at=now,
        updated_at=now,
    )
    async with database.session() as session:
        await AgentRepository(session).add(agent)
    await database.upgrade()
    async with database.read() as session:
        assert len(list(await session.scalars(select(AgentRow)))) == 1


async def test_two_upgrades_at_once_in_one_process(empty_database_url: str) -> None:
    databases = [Database(empty_database_url) for _ in range(2)]
    await asyncio.gather(*(database.upgrade() for database in databases))
    async with databases[0].read() as session:
        assert len(list(await session.scalars(select(WorkspaceRow)))) == 1
    for database in databases:
        await database.close()


def test_two_starters_at_once(empty_database_url: str) -> None:
    code = (
        "import sys; from data.database_url import parse_database_url; from data.migrate import upgrade; "
        "sys.stdin.readline(); upgrade(parse_database_url(sys.argv[1]))"
    )
    starters = [
        subprocess.Popen(
            [sys.executable, "-c", code, empty_database_url],
            cwd=_ROOT,
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for _ in range(2)
    ]
    for starter in starters:
        assert starter.stdin is not None
        starter.stdin.write(b"go\n")
        starter.stdin.flush()
    for starter in starters:
        _, errors = starter.communicate(timeout=60)
        assert starter.returncode == 0, errors.decode()
    assert _tables(empty_database_url) == set(Base.metadata.tables) | {"alembic_version"}


def test_a_database_of_a_newer_version_is_refused(database_url: str) -> None:
    url = parse_database_url(database_url)
    engine = make_migration_engine(url.sync_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(ConfigurationError, match=r"9999.*newer version"):
        upgrade(url)
