"""Runs the migrations of `data/migrations` without an `alembic.ini`.

Two processes may start at once: on SQLite a lock file beside the database, on PostgreSQL an advisory lock
lets one of them migrate while the other waits and then finds nothing to do. A run is one transaction on both
databases: it happens wholly or not at all.

`python -m data.migrate new "what it does"` writes an empty migration for a developer to fill.
"""

import argparse
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from filelock import FileLock, Timeout
from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from config.errors import ConfigurationError
from data.database_url import DatabaseUrl
from data.engine import make_migration_engine

LOCK_TIMEOUT_SECS = 120
_ALEMBIC = threading.Lock()  # `alembic.context` is one for the process, whatever database it works on
_MIGRATIONS = Path(__file__).parent / "migrations"
_ADVISORY_LOCK = 0x70686F6E65  # "phone": any number that every version of the product agrees on
_LOCK_NOT_AVAILABLE = "55P03"  # PostgreSQL's error code for a lock_timeout that ran out


def upgrade(url: DatabaseUrl, revision: str = "head") -> None:
    """Migrate forward. Blocks: call it from a thread.

    Args:
        url: The database.
        revision: Where to stop; `head` is this version's newest.

    Raises:
        ConfigurationError: The database is newer than this version of the product, or somebody else holds
            the lock for more than two minutes.
    """
    with _locked(url) as connection:
        _refuse_newer(connection)
        command.upgrade(_config(connection), revision)


def downgrade(url: DatabaseUrl, revision: str) -> None:
    """Migrate back to a revision (`base` removes every table). Blocks: call it from a thread.

    Raises:
        ConfigurationError: As `upgrade`.
    """
    with _locked(url) as connection:
        _refuse_newer(connection)
        command.downgrade(_config(connection), revision)


@contextmanager
def _locked(url: DatabaseUrl) -> Iterator[Connection]:
    engine = make_migration_engine(url.sync_url)
    _ALEMBIC.acquire()
    try:
        if url.sqlite_path is None:
            with engine.begin() as connection:
                _take_advisory_lock(connection)
                yield connection
        else:
            url.sqlite_path.parent.mkdir(parents=True, exist_ok=True)
            with _file_lock(url.sqlite_path), engine.begin() as connection:
                yield connection
    finally:
        _ALEMBIC.release()
        engine.dispose()


@contextmanager
def _file_lock(database: Path) -> Iterator[None]:
    lock = FileLock(database.with_name(f"{database.name}.migrate.lock"), timeout=LOCK_TIMEOUT_SECS)
    try:
        lock.acquire()
    except Timeout:
        raise _still_locked() from None
    try:
        yield
    finally:
        lock.release()


def _take_advisory_lock(connection: Connection) -> None:
    connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT_SECS}s'"))
    try:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) == _LOCK_NOT_AVAILABLE:
            raise _still_locked() from None
        raise


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    # The configuration parser treats a percent sign in a path as its own.
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _refuse_newer(connection: Connection) -> None:
    script = ScriptDirectory.from_config(_config())
    for revision in MigrationContext.configure(connection).get_current_heads():
        try:
            script.get_revision(revision)
        except CommandError:
            raise ConfigurationError(
                f"The database is at revision {revision}, which this version does not know: it was written "
                "by a newer version. Start that version, or restore a backup.",
                param="DATABASE_URL",
            ) from None


def _still_locked() -> ConfigurationError:
    return ConfigurationError(
        f"Another process has been migrating the database for more than {LOCK_TIMEOUT_SECS} s; "
        "look at that process, then start again.",
        param="DATABASE_URL",
    )


def main() -> None:
    """The developer's command line."""
    parser = argparse.ArgumentParser(description="Write an empty migration.")
    parser.add_argument("action", choices=["new"])
    parser.add_argument("message", help="what the migration does, in a few words")
    arguments = parser.parse_args()
    revisions = ScriptDirectory.from_config(_config()).walk_revisions()
    command.revision(_config(), message=arguments.message, rev_id=f"{len(list(revisions)) + 1:04d}")


if __name__ == "__main__":
    main()
