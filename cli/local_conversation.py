"""What `chat` and `talk` share: which agent, whether its model is there, and a conversation like any other."""

from datetime import UTC, datetime, timedelta

from loguru import logger

from bot.call_config import CallConfig
from bot.services.ollama_chat import OllamaChatModel
from config.errors import ConfigurationError, VendorError
from config.settings import Settings
from data.agent_config import AgentConfig
from data.database import Database
from data.ids import new_id
from data.pagination import MAX_PAGE_SIZE, SortDirection
from data.queries import AgentQuery, NewConversation
from data.records import Direction, Source
from data.repositories.agent import AgentRepository
from data.repositories.conversation import ConversationRepository
from data.workspaces import DEFAULT_WORKSPACE_ID

_ANNOUNCED_FOR = timedelta(minutes=2)


async def find_agent(database: Database, agent_id: str | None) -> AgentConfig | None:
    """The named agent, or the oldest active one; None if there is none of these.

    Raises:
        NotFoundError: There is no agent of that name.
    """
    async with database.read() as session:
        repository = AgentRepository(session)
        if agent_id is not None:
            return await repository.get(DEFAULT_WORKSPACE_ID, agent_id)
        query = AgentQuery(direction=SortDirection.ASCENDING, page_size=MAX_PAGE_SIZE)
        agents = (await repository.list(DEFAULT_WORKSPACE_ID, query)).items
    return next((agent for agent in agents if agent.is_active), None)


async def has_native_tools(
    model: OllamaChatModel, settings: Settings, model_name: str, *, otherwise: str = ""
) -> bool:
    """Whether the model takes native tool calls; asked before anything that takes seconds.

    Args:
        model: Where to ask.
        settings: Where that is, for the message.
        model_name: Which one.
        otherwise: A further line of advice.

    Raises:
        ConfigurationError: The model is not there; the message says what to do.
    """
    try:
        return "tools" in await model.capabilities(model_name)
    except VendorError as error:
        raise ConfigurationError(
            f"{error.message}\n"
            f"  - start Ollama:        ollama serve      (looked for at {settings.ollama_host}; OLLAMA_HOST)\n"
            f"  - get the model:       ollama pull {model_name}{otherwise}"
        ) from error


async def announce(database: Database, agent: AgentConfig, source: Source) -> CallConfig:
    """Begin a conversation like any other, but for its source."""
    now = datetime.now(UTC)
    new = NewConversation(
        conversation_id=new_id("conv"),
        workspace_id=agent.workspace_id,
        agent_id=agent.agent_id,
        agent_name=agent.name,
        direction=Direction.INBOUND,
        started_at=now,
        call_metadata={"source": source.value},
        lease_until=now + _ANNOUNCED_FOR,
    )
    async with database.session() as session:
        record = await ConversationRepository(session).create(new)
    logger.bind(conversation=record.conversation_id, source=source.value).debug("Conversation begins")
    return CallConfig(record.conversation_id, record.conversation_id, Direction.INBOUND, agent)
