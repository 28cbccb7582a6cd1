"""What alembic runs to reach the database: `data/migrate.py` hands it an open, locked connection."""

from alembic import context
from sqlalchemy import Connection

from data.models import Base


def run() -> None:
    """Run the migrations that the command asked for.

    Raises:
        RuntimeError: Alembic was started by itself, without the lock that `data/migrate.py` takes.
    """
    connection = context.config.attributes.get("connection")
    if not isinstance(connection, Connection):
        raise RuntimeError("Run migrations through data.migrate: it locks out other starters.")
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        # SQLite cannot change a table in place; batches copy it.
        render_as_batch=connection.dialect.name == "sqlite",
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        context.run_migrations()


run()
