"""Knowledge storage on the product's database."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from data.database import Database
from data.knowledge.storage import KnowledgeStorage, OpenKnowledgeStorage
from data.repositories.knowledge import KnowledgeRepository


def knowledge_storage(database: Database) -> OpenKnowledgeStorage:
    """What `Knowledge.ingestor` takes, for a database."""

    @asynccontextmanager
    async def opened(writing: bool) -> AsyncIterator[KnowledgeStorage]:
        async with database.session() if writing else database.read() as session:
            yield KnowledgeRepository(session)

    def open_storage(*, writing: bool) -> AbstractAsyncContextManager[KnowledgeStorage]:
        return opened(writing)

    return open_storage
