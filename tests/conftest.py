"""Fixtures that any test may use: a migrated database on SQLite and on PostgreSQL."""

import asyncio
import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from config.native_threads import keep_blas_to_one_thread
from data.database import Database
from data.database_url import parse_database_url
from data.migrate import upgrade
from tests.postgres import PostgresServer, run_postgres

ENGINES = ("sqlite", "postgresql")

# A busy machine is no defect: what takes how long is judged in bench/, never here.
_patient = hypothesis_settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
# The suite tries the same examples each time, so that it fails for a change and never for chance;
# `pytest --hypothesis-profile=search` looks for new ones. What it finds becomes an `@example`.
hypothesis_settings.register_profile("suite", _patient, derandomize=True)
hypothesis_settings.register_profile("search", _patient)
hypothesis_settings.load_profile("suite")


def pytest_collection_finish() -> None:
    """Several workers compute at once; by now the libraries are loaded that can be told."""
    keep_blas_to_one_thread()


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server, the same one for all workers of a run."""
    # Not in pytest's own folder: as root the server runs as another user, and every pytest that starts on the
    # machine takes that folder away from other users again.
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID") or uuid.uuid4().hex
    folder = Path(tempfile.gettempdir()) / f"test-postgres-{run}"
    try:
        with run_postgres(folder) as server:
            yield server
    except (OSError, subprocess.SubprocessError) as error:
        pytest.skip(f"PostgreSQL does not start here: {error}")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite database, to be copied."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    upgrade(parse_database_url(f"sqlite:///{path}"))
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres: PostgresServer) -> str:
    """The name of a migrated PostgreSQL database, to be copied."""
    name = postgres.create_database()
    upgrade(parse_database_url(postgres.url(name)))
    return name


@pytest.fixture(params=ENGINES)
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database without tables, once for each engine."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    name = server.create_database()
    yield server.url(name)
    server.drop_database(name)


@pytest.fixture(params=ENGINES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a migrated database without contents, once for each engine."""
    if request.param == "sqlite":
        path = tmp_path / "test.db"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    name = server.create_database(request.getfixturevalue("postgres_template"))
    yield server.url(name)
    server.drop_database(name)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A migrated database without contents, once for each engine."""
    database = Database(database_url)
    yield database
    await database.close()


@pytest.fixture
async def sqlite_database(tmp_path: Path, sqlite_template: Path) -> AsyncIterator[Database]:
    """A migrated SQLite database, for tests to which the engine does not matter."""
    path = tmp_path / "test.db"
    await asyncio.to_thread(shutil.copyfile, sqlite_template, path)
    database = Database(f"sqlite:///{path}")
    yield database
    await database.close()
