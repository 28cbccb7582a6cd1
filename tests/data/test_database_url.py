"""How `DATABASE_URL` is read."""

from pathlib import Path

import pytest

from config.errors import ConfigurationError
from data.database_url import parse_database_url


@pytest.mark.parametrize("scheme", ["sqlite", "sqlite+aiosqlite", "sqlite+pysqlite"])
@pytest.mark.parametrize("path", ["./var/agents.db", "/srv/agents.db", "a b.db"])
def test_sqlite(scheme: str, path: str) -> None:
    url = parse_database_url(f"{scheme}:///{path}")
    assert url.sqlite_path == Path(path)
    assert url.async_url.drivername == "sqlite+aiosqlite"
    assert url.sync_url.drivername == "sqlite+pysqlite"
    assert url.is_sqlite


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg", "postgresql+asyncpg"])
def test_postgresql(scheme: str) -> None:
    url = parse_database_url(f" {scheme}://user:p%40ss@host:5433/name?sslmode=require ")
    assert (url.async_url.drivername, url.async_url.password) == ("postgresql+psycopg", "p@ss")
    assert url.async_url.query == {"sslmode": "require"}
    assert url.sqlite_path is None
    assert "ss@" not in url.describe()


@pytest.mark.parametrize(
    "text", ["", "nonsense", "sqlite://", "sqlite:///:memory:", "sqlite:///file:x?mode=memory", "mysql://h/d"]
)
def test_others_are_refused(text: str) -> None:
    with pytest.raises(ConfigurationError, match="DATABASE_URL"):
        parse_database_url(text)
