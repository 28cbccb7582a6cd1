"""`ingest` without a server: on the data itself, which nobody else may use meanwhile."""

from contextlib import AsyncExitStack
from datetime import UTC, datetime

from rich.console import Console

from cli.data_lock import exclusive_data
from cli.ingest_target import TakenDocument
from config.errors import ConfigurationError
from config.settings import Settings
from data.agent_config import AgentConfig
from data.database import Database
from data.ids import new_id
from data.knowledge.document_files import FoundFile
from data.knowledge.factory import build_knowledge
from data.knowledge.ingest import IngestedDocument
from data.knowledge.intake import DocumentIntake
from data.knowledge.intake_factory import build_intake
from data.knowledge.organization import OrganizationConfig
from data.knowledge.progress import ProgressListener
from data.pagination import MAX_PAGE_SIZE, SortDirection
from data.queries import AgentQuery
from data.repositories.agent import AgentRepository
from data.workspaces import DEFAULT_WORKSPACE_ID


class LocalIngest:
    """Documents of the default workspace's agents.

    Args:
        database: Where they are kept.
        intake: Takes them in.
    """

    def __init__(self, database: Database, intake: DocumentIntake) -> None:
        self._database = database
        self._intake = intake

    async def agent(self, agent_id: str | None) -> str:
        """The id of a named agent, or of the oldest active one."""
        async with self._database.read() as session:
            agents = AgentRepository(session)
            if agent_id is not None:
                return (await agents.get(DEFAULT_WORKSPACE_ID, agent_id)).agent_id
        oldest = next((agent for agent in await self._agents() if agent.is_active), None)
        if oldest is None:
            raise ConfigurationError("There is no agent: ingest an organization's folder, or run `serve` once.")
        return oldest.agent_id

    async def agent_of(self, organization: OrganizationConfig) -> tuple[str, bool]:
        """The id of the agent of an organization's folder, by its name, and whether it was made just now."""
        for agent in await self._agents():
            if agent.name == organization.name:
                return agent.agent_id, False
        made = organization.to_agent(
            agent_id=new_id("agent"), workspace_id=DEFAULT_WORKSPACE_ID, at=datetime.now(UTC)
        )
        async with self._database.session() as session:
            await AgentRepository(session).add(made)
        return made.agent_id, True

    async def file(self, agent_id: str, file: FoundFile, on_progress: ProgressListener) -> TakenDocument:
        """Take a file in."""
        prepared = await self._intake.read(file)
        return _taken(
            await self._intake.ingestor.ingest(DEFAULT_WORKSPACE_ID, agent_id, prepared, on_progress=on_progress)
        )

    async def url(self, agent_id: str, url: str, on_progress: ProgressListener) -> TakenDocument:
        """Take a page in."""
        return _taken(await self._intake.url(DEFAULT_WORKSPACE_ID, agent_id, url, on_progress=on_progress))

    async def _agents(self) -> tuple[AgentConfig, ...]:
        query = AgentQuery(direction=SortDirection.ASCENDING, page_size=MAX_PAGE_SIZE)
        async with self._database.read() as session:
            return (await AgentRepository(session).list(DEFAULT_WORKSPACE_ID, query)).items


async def open_local_ingest(stack: AsyncExitStack, settings: Settings, console: Console) -> LocalIngest:
    """Open everything that is needed, and hold it alone.

    Raises:
        ConfigurationError: A server is running, or the model cannot be loaded.
    """
    try:
        stack.enter_context(exclusive_data(settings))
    except ConfigurationError as error:
        raise ConfigurationError(
            f"{error.message}\nOr ingest through the running server: add --server http://127.0.0.1:{settings.port}"
        ) from None
    database = Database(settings.database_url)
    stack.push_async_callback(database.close)
    await database.upgrade()
    knowledge = build_knowledge(settings)
    stack.push_async_callback(knowledge.close)
    with console.status("Loading the embedding model …"):
        await knowledge.warm()
    return LocalIngest(database, build_intake(settings, database, knowledge))


def _taken(ingested: IngestedDocument) -> TakenDocument:
    state = "changed" if ingested.replaced else "new" if ingested.is_new else "unchanged"
    return TakenDocument(ingested.document.name, ingested.chunk_count, state)
