"""Reads and writes agents for the routes: storage on one side, the two views on the other."""

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from api.agent_responses import agent_detail
from api.agent_views.blank_agent import blank_agent
from api.agent_views.write import apply_changes
from api.audit_trail import AuditTrail
from api.etags import next_update, require_match
from api.json_tree import JsonObject
from api.knowledge.work import KnowledgeWork
from api.schemas.agents import AgentDetail
from config.errors import InvalidInputError
from config.settings import Settings
from data.agent_config import AgentConfig
from data.audit import AuditAction, AuditTarget
from data.database import Database
from data.ids import new_id
from data.phone_numbers import PhoneNumber, PhoneNumberQuery
from data.repositories.agent import AgentRepository
from data.repositories.knowledge_attachments import KnowledgeAttachmentRepository
from data.repositories.phone_number import PhoneNumberRepository

_MAX_NUMBERS_SHOWN = 100


class AgentService:
    """What can be done with the agents of one workspace.

    Args:
        database: Where agents are.
        settings: Defaults of what a body leaves out.
        trail: Whose workspace it is, and who does it.
        knowledge: Lets agents answer from the documents that they name; None in a process without.
    """

    def __init__(
        self,
        database: Database,
        settings: Settings,
        trail: AuditTrail,
        knowledge: KnowledgeWork | None = None,
    ) -> None:
        self._database = database
        self._settings = settings
        self._trail = trail
        self._workspace_id = trail.workspace_id
        self._knowledge = knowledge

    async def create(self, body: JsonObject) -> AgentConfig:
        """Make an agent of a body in either view.

        Raises:
            RequestValidationError: The body cannot be used (422).
        """
        now = datetime.now(UTC)
        blank = self._blank(now)
        agent = apply_changes(blank, body, blank=blank, retention_days=self._settings.retention_days)
        async with self._database.session() as session:
            attached = await self._newly_attached(session, None, agent)
            await AgentRepository(session).add(agent)
            await self._trail.note(session, AuditAction.AGENT_CREATED, AuditTarget.AGENT, agent.agent_id)
        await self._publish(agent, attached)
        return agent

    async def detail(self, agent_id: str) -> AgentDetail:
        """One agent, as REST shows it.

        Raises:
            NotFoundError: `agent_not_found`.
        """
        async with self._database.read() as session:
            agent = await AgentRepository(session).get(self._workspace_id, agent_id)
            query = PhoneNumberQuery(agent_id=agent_id, page_size=_MAX_NUMBERS_SHOWN)
            numbers = await PhoneNumberRepository(session).list(self._workspace_id, query)
        return self.shown(agent, numbers.items)

    async def update(self, agent_id: str, body: JsonObject, *, if_match: str | None) -> None:
        """Change an agent; a body that changes nothing leaves it as it was, `updated_at` included.

        Raises:
            NotFoundError: `agent_not_found`.
            PreconditionFailedError: It changed since the client read it (412).
            RequestValidationError: The body cannot be used (422).
        """
        async with self._database.session() as session:
            agents = AgentRepository(session)
            stored = await agents.get(self._workspace_id, agent_id)
            require_match(if_match, stored.updated_at)
            changed = apply_changes(
                stored,
                body,
                blank=self._blank(stored.created_at),
                retention_days=self._settings.retention_days,
            )
            attached = await self._newly_attached(session, stored, changed)
            if changed is not stored:
                changed = changed.model_copy(update={"updated_at": next_update(stored.updated_at)})
                await agents.replace(changed, expected_updated_at=stored.updated_at)
                await self._trail.note(session, AuditAction.AGENT_UPDATED, AuditTarget.AGENT, agent_id)
        if changed.settings.knowledge_base != stored.settings.knowledge_base:
            named = {reference.id for reference in changed.settings.knowledge_base}
            gone = [one.id for one in stored.settings.knowledge_base if one.id not in named]
            await self._publish(changed, attached, gone)

    async def delete(self, agent_id: str, *, if_match: str | None) -> None:
        """Remove an agent; its conversations stay.

        Raises:
            NotFoundError: `agent_not_found`.
            PreconditionFailedError: It changed since the client read it (412).
        """
        async with self._database.session() as session:
            agents = AgentRepository(session)
            stored = await agents.get(self._workspace_id, agent_id)
            require_match(if_match, stored.updated_at)
            await agents.delete(self._workspace_id, agent_id)
            await self._trail.note(session, AuditAction.AGENT_DELETED, AuditTarget.AGENT, agent_id)
        if self._knowledge is not None:
            await self._knowledge.agent_deleted(agent_id)

    async def duplicate(self, agent_id: str, *, name: str | None) -> AgentConfig:
        """A copy with an id of its own, which no telephone number leads to.

        Raises:
            NotFoundError: `agent_not_found`.
        """
        now = datetime.now(UTC)
        async with self._database.session() as session:
            agents = AgentRepository(session)
            original = await agents.get(self._workspace_id, agent_id)
            copy = original.model_copy(
                update={
                    "agent_id": new_id("agent"),
                    "name": name or f"{original.name} (copy)",
                    "created_at": now,
                    "updated_at": now,
                }
            )
            await agents.add(copy)
            await self._trail.note(session, AuditAction.AGENT_CREATED, AuditTarget.AGENT, copy.agent_id)
        await self._publish(copy, ())
        return copy

    def shown(self, agent: AgentConfig, numbers: tuple[PhoneNumber, ...] = ()) -> AgentDetail:
        """A stored agent as REST shows it."""
        return agent_detail(agent, numbers, retention_days=self._settings.retention_days)

    async def _newly_attached(
        self, session: AsyncSession, stored: AgentConfig | None, changed: AgentConfig
    ) -> tuple[str, ...]:
        """The documents that a change attaches.

        Raises:
            InvalidInputError: `document_not_found`: one of them is not there.
        """
        known = {reference.id for reference in stored.settings.knowledge_base} if stored else set()
        named = (reference.id for reference in changed.settings.knowledge_base)
        attached = tuple(dict.fromkeys(document_id for document_id in named if document_id not in known))
        unknown = await KnowledgeAttachmentRepository(session).unknown(self._workspace_id, attached)
        if unknown:
            raise InvalidInputError(
                f"There is no document {unknown[0]} in this workspace: add it first.",
                param="knowledge_base",
                code="document_not_found",
            )
        return attached

    async def _publish(self, agent: AgentConfig, attached: Sequence[str], gone: Sequence[str] = ()) -> None:
        if self._knowledge is not None:
            await self._knowledge.agents_changed(
                self._workspace_id, [agent.agent_id], attached=attached, gone=gone
            )

    def _blank(self, at: datetime) -> AgentConfig:
        return blank_agent(self._settings, agent_id=new_id("agent"), workspace_id=self._workspace_id, at=at)
