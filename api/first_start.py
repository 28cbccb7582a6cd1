"""An empty database gets the sample agent and its number a route, so that the first call is answered."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

from loguru import logger

from config.settings import Settings
from data.database import Database
from data.ids import new_id
from data.knowledge.document_files import FoundFiles, find_files
from data.knowledge.factory import Knowledge
from data.knowledge.intake_factory import build_intake
from data.knowledge.organization import Organization, is_organization, load_organization
from data.pagination import MAX_PAGE_SIZE, SortDirection
from data.phone_numbers import PhoneNumber
from data.queries import AgentQuery
from data.repositories.agent import AgentRepository
from data.repositories.phone_number import PhoneNumberRepository
from data.workspaces import DEFAULT_WORKSPACE_ID

SAMPLES = Path(__file__).resolve().parent.parent / "data" / "samples"


async def ensure_sample_agent(settings: Settings, database: Database, knowledge: Knowledge) -> str | None:
    """Make the sample agent and its documents if there is no agent at all.

    Args:
        settings: `DATA_FILE` names the organization folder (or documents for the sample agent).
        database: Where agents are.
        knowledge: Takes the documents.

    Returns:
        The new agent's id; None when there were agents already.

    Raises:
        NotFoundError: `DATA_FILE` names nothing.
        InvalidInputError: What it names cannot be used. One bad document among others is only told.
    """
    async with database.read() as session:
        if await AgentRepository(session).count(DEFAULT_WORKSPACE_ID):
            return None
    organization, found = await asyncio.to_thread(_load, settings.data_file)
    now = datetime.now(UTC)
    agent = organization.config.to_agent(agent_id=new_id("agent"), workspace_id=DEFAULT_WORKSPACE_ID, at=now)
    agent = agent.model_copy(update={"model_name": settings.ollama_model, "voice_id": settings.deepgram_voice})
    async with database.session() as session:
        await AgentRepository(session).add(agent)
    intake = build_intake(settings, database, knowledge)
    taken = 0
    async for result in intake.files(agent.workspace_id, agent.agent_id, found):
        if result.ingested is None:
            logger.bind(document=result.source).warning("Left out of DATA_FILE: {}", result.problem)
        else:
            taken += 1
    logger.bind(agent=agent.agent_id, documents=taken, skipped=len(found.skipped)).info("Made the sample agent")
    return agent.agent_id


def _load(data_file: Path) -> tuple[Organization, FoundFiles]:
    """The organization to begin with: `DATA_FILE`'s own, or the sample with `DATA_FILE`'s documents."""
    if is_organization(data_file):
        organization = load_organization(data_file)
        return organization, organization.knowledge
    return load_organization(SAMPLES), find_files(data_file)


async def ensure_number_is_routed(settings: Settings, database: Database) -> None:
    """Route `TWILIO_PHONE_NUMBER` to the oldest active agent, unless the number is known already.

    A number that an operator has routed elsewhere, or to nobody, is left alone.
    """
    number = settings.twilio_phone_number
    if number is None:
        return
    oldest = AgentQuery(direction=SortDirection.ASCENDING, page_size=MAX_PAGE_SIZE)
    async with database.session() as session:
        if await PhoneNumberRepository(session).find_route(number) is not None:
            return
        page = await AgentRepository(session).list(DEFAULT_WORKSPACE_ID, oldest)
        agent = next((agent for agent in page.items if agent.is_active), None)
        if agent is None:
            logger.warning("TWILIO_PHONE_NUMBER has no agent to go to: make one active agent and start again")
            return
        now = datetime.now(UTC)
        await PhoneNumberRepository(session).add(
            PhoneNumber(
                phone_number_id=new_id("phnum"),
                workspace_id=DEFAULT_WORKSPACE_ID,
                phone_number=number,
                label="TWILIO_PHONE_NUMBER",
                created_at=now,
                updated_at=now,
                agent_id=agent.agent_id,
            )
        )
    logger.bind(agent=agent.agent_id).info("TWILIO_PHONE_NUMBER is routed to the oldest active agent")
