"""Makes database connections behave the same, and well, on both databases.

SQLite, for every connection: write-ahead log (readers never wait for the writer), a busy timeout, foreign
keys enforced, and `synchronous=NORMAL` (after a power cut the last transactions may be gone, but the file is
never damaged). SQLAlchemy, not the driver, begins transactions, and those that may write begin with
`BEGIN IMMEDIATE`: a transaction that read first and then wants to write would otherwise be refused at once
("database is locked", no busy timeout) whenever another writer came between.
"""

import json
import math
import sqlite3
from typing import cast

from pydantic import JsonValue
from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry, NullPool

from data import sqlite_driver

BUSY_TIMEOUT_SECS = 10.0
READ_ONLY = "phone_agent_read_only"
"""Execution option of a connection that only reads."""

_POSTGRESQL_OPTIONS = "-c statement_timeout=30000 -c lock_timeout=10000 -c timezone=UTC"
_CONNECT_TIMEOUT_SECS = 10
_QUERY_ONLY = "query_only"


def make_async_engine(url: URL) -> AsyncEngine:
    """An engine for the server: 10 s at most for a connection or a lock, 30 s for a PostgreSQL statement."""
    if url.get_backend_name() == "sqlite":
        engine = create_async_engine(
            url,
            json_serializer=dump_json,
            # An error's text would carry the row it was about: phone numbers, what a caller said.
            hide_parameters=True,
            pool_timeout=BUSY_TIMEOUT_SECS,
            # The dialect hands its other arguments to this instead of to `aiosqlite.connect`.
            connect_args={**_sqlite_arguments(), "async_creator_fn": sqlite_driver.connect},
        )
        _tune_sqlite(engine.sync_engine, foreign_keys=True)
        return engine
    return create_async_engine(
        url,
        json_serializer=dump_json,
        hide_parameters=True,
        pool_pre_ping=True,
        pool_size=10,
        max_overflow=10,
        pool_timeout=BUSY_TIMEOUT_SECS,
        connect_args=_postgresql_arguments(url),
    )


def make_migration_engine(url: URL) -> Engine:
    """An engine for one migration run.

    On SQLite foreign keys are off, because changing a table there means copying it, and dropping the old
    one would otherwise delete what refers to it.
    """
    if url.get_backend_name() == "sqlite":
        engine = create_engine(url, poolclass=NullPool, connect_args=_sqlite_arguments())
        _tune_sqlite(engine, foreign_keys=False)
        return engine
    return create_engine(url, poolclass=NullPool, connect_args={"connect_timeout": _CONNECT_TIMEOUT_SECS})


def dump_json(value: JsonValue) -> str:
    """JSON that both databases accept: a NaN or infinity, which JSON does not know, becomes null."""
    try:
        return json.dumps(value, allow_nan=False)
    except ValueError:
        return json.dumps(_without_nan(value), allow_nan=False)


def _without_nan(value: JsonValue) -> JsonValue:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _without_nan(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_without_nan(item) for item in value]
    return value


def _sqlite_arguments() -> dict[str, float]:
    return {"timeout": BUSY_TIMEOUT_SECS}


def _postgresql_arguments(url: URL) -> dict[str, str | int]:
    arguments: dict[str, str | int] = {}
    if "options" not in url.query:
        arguments["options"] = _POSTGRESQL_OPTIONS
    if "connect_timeout" not in url.query:
        arguments["connect_timeout"] = _CONNECT_TIMEOUT_SECS
    return arguments


def _tune_sqlite(engine: Engine, *, foreign_keys: bool) -> None:
    def connect(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        # None stops the driver from beginning transactions by itself (SQLAlchemy's SQLite notes).
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=NORMAL")
        cursor.execute(f"PRAGMA foreign_keys={'ON' if foreign_keys else 'OFF'}")
        cursor.close()
        # SQLite's own lower() knows ASCII only; searches ignore case in every script, as on PostgreSQL.
        cast(sqlite3.Connection, connection).create_function("lower", 1, _lower, deterministic=True)

    def begin(connection: Connection) -> None:
        read_only = bool(connection.get_execution_options().get(READ_ONLY, False))
        if bool(connection.info.get(_QUERY_ONLY, False)) != read_only:
            connection.exec_driver_sql(f"PRAGMA query_only={'ON' if read_only else 'OFF'}")
            connection.info[_QUERY_ONLY] = read_only
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")

    event.listen(engine, "connect", connect)
    event.listen(engine, "begin", begin)


def _lower(value: str | None) -> str | None:
    return None if value is None else str(value).lower()
