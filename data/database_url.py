"""Reads `DATABASE_URL`: which database, and by which driver each kind of caller reaches it."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from config.errors import ConfigurationError

_SQLITE = {"sqlite", "sqlite+aiosqlite", "sqlite+pysqlite"}
_POSTGRESQL = {"postgresql", "postgres", "postgresql+psycopg", "postgresql+asyncpg", "postgresql+psycopg2"}


@dataclass(frozen=True, slots=True)
class DatabaseUrl:
    """A database's address, in the two spellings that SQLAlchemy needs."""

    async_url: URL
    """For the server: aiosqlite or psycopg's asyncio side."""
    sync_url: URL
    """For migrations, which run in a thread."""
    sqlite_path: Path | None
    """The file of an SQLite database; None for PostgreSQL."""

    @property
    def is_sqlite(self) -> bool:
        """True for SQLite."""
        return self.sqlite_path is not None

    def describe(self) -> str:
        """The address for a log, without its password."""
        return self.async_url.render_as_string(hide_password=True)


def parse_database_url(text: str) -> DatabaseUrl:
    """Read a database URL.

    Args:
        text: `sqlite:///relative`, `sqlite:////absolute`, the same with `+aiosqlite`, or
            `postgresql://…` (also `postgres://…`, as hosting services write it, and any driver's suffix).

    Raises:
        ConfigurationError: It is none of these, or an SQLite database in memory, which several connections
            cannot share.
    """
    try:
        url = make_url(text.strip())
    except (ArgumentError, ValueError):
        raise _refusal("it is not a URL") from None
    if url.drivername in _SQLITE:
        return _sqlite(url)
    if url.drivername in _POSTGRESQL:
        url = url.set(drivername="postgresql+psycopg")
        return DatabaseUrl(async_url=url, sync_url=url, sqlite_path=None)
    raise _refusal(f"there is no support for {url.drivername!r}")


def _sqlite(url: URL) -> DatabaseUrl:
    name = url.database or ""
    if not name or name.startswith(("file:", ":memory:")):
        raise _refusal("an SQLite database has to be a file")
    return DatabaseUrl(
        async_url=url.set(drivername="sqlite+aiosqlite"),
        sync_url=url.set(drivername="sqlite+pysqlite"),
        sqlite_path=Path(name),
    )


def _refusal(why: str) -> ConfigurationError:
    return ConfigurationError(
        f"DATABASE_URL: {why}. Write sqlite:///./var/agents.db or postgresql://user:password@host/name.",
        param="DATABASE_URL",
    )
