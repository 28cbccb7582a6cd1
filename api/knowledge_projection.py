"""At the start, the vector store is brought in line with the database, which is the truth."""

from collections.abc import AsyncIterator, Sequence
from functools import partial

from loguru import logger

from config.settings import Settings
from data.agent_config import AgentConfig
from data.database import Database
from data.knowledge.database_storage import knowledge_storage
from data.knowledge.factory import Knowledge, build_former_knowledge
from data.knowledge.reembedding import AgentKey, Reembedding
from data.queries import AgentQuery
from data.repositories.agent import AgentRepository
from data.repositories.workspace import WorkspaceRepository
from data.workspaces import WorkspaceQuery


async def open_projection(
    settings: Settings, database: Database, knowledge: Knowledge, only: AgentConfig | None = None
) -> Reembedding:
    """Fill what is missing in the store; documents of a former embedding model are left to the background.

    Args:
        settings: How a former model is reached.
        database: Has documents and vectors.
        knowledge: Whose store it is.
        only: The one agent whose part is wanted; None means all of them.

    Returns:
        The work in the background, to be closed; it may have nothing to do.

    Raises:
        VendorError: The store or the embedder failed.
    """
    agents = [_key(only)] if only is not None else [_key(agent) async for agent in _all_agents(database)]
    reembedding = Reembedding(knowledge, knowledge_storage(database))
    await reembedding.begin(agents, partial(build_former_knowledge, settings))
    try:
        await project_knowledge(database, knowledge, [key for key in agents if not reembedding.holds(key)])
    except BaseException:
        await reembedding.close()
        raise
    return reembedding


async def project_knowledge(database: Database, knowledge: Knowledge, agents: Sequence[AgentKey]) -> None:
    """Put the store in line with the database for these agents, however long it takes.

    Raises:
        VendorError: The store or the embedder failed.
    """
    ingestor = knowledge.projector(knowledge_storage(database))
    for agent in agents:
        done = await ingestor.project(agent.workspace_id, agent.agent_id, pending=False)
        if done.added or done.removed:
            logger.bind(agent=agent.agent_id, added=done.added, removed=done.removed).info(
                "Knowledge put in line with the database"
            )


def _key(agent: AgentConfig) -> AgentKey:
    return AgentKey(agent.workspace_id, agent.agent_id)


async def _all_agents(database: Database) -> AsyncIterator[AgentConfig]:
    cursor: str | None = None
    while True:
        async with database.read() as session:
            page = await WorkspaceRepository(session).list(WorkspaceQuery(cursor=cursor))
        for workspace in page.items:
            async for agent in _agents_of(database, workspace.workspace_id):
                yield agent
        cursor = page.next_cursor
        if cursor is None:
            return


async def _agents_of(database: Database, workspace_id: str) -> AsyncIterator[AgentConfig]:
    cursor: str | None = None
    while True:
        async with database.read() as session:
            page = await AgentRepository(session).list(workspace_id, AgentQuery(cursor=cursor))
        for agent in page.items:
            yield agent
        cursor = page.next_cursor
        if cursor is None:
            return
