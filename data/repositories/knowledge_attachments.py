"""Which agents answer from which documents: `knowledge_base` in an agent's settings is all that says so."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import Text, cast, select
from sqlalchemy.ext.asyncio import AsyncSession

from config.errors import NotFoundError
from data.agent_config import AgentSettings, KnowledgeReference
from data.knowledge_records import DependentAgent, KnowledgeDocument
from data.models import AgentRow, KnowledgeDocumentRow


class KnowledgeAttachmentRepository:
    """Attaches documents to agents and takes them off again.

    Args:
        session: One from `Database.session()`, or `Database.read()` where nothing is changed.
    """

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def attach(self, workspace_id: str, agent_id: str, document: KnowledgeDocument) -> bool:
        """Let an agent answer from a document.

        Returns:
            False if it did already.

        Raises:
            NotFoundError: `agent_not_found`.
        """
        row = await self._agent(workspace_id, agent_id)
        settings = AgentSettings.model_validate(row.settings)
        if any(reference.id == document.document_id for reference in settings.knowledge_base):
            return False
        reference = KnowledgeReference(id=document.document_id, name=document.name, type=document.type.value)
        _store(row, settings, (*settings.knowledge_base, reference))
        await self._session.flush()
        return True

    async def detach(self, workspace_id: str, agent_id: str, document_id: str) -> None:
        """Take a document off one agent.

        Raises:
            NotFoundError: `agent_not_found`.
        """
        row = await self._agent(workspace_id, agent_id)
        settings = AgentSettings.model_validate(row.settings)
        _store(row, settings, tuple(one for one in settings.knowledge_base if one.id != document_id))
        await self._session.flush()

    async def detach_everywhere(self, workspace_id: str, document_id: str) -> tuple[str, ...]:
        """Take a document off all agents that have it; their ids."""
        detached: list[str] = []
        for row in await self._dependents(workspace_id, document_id, lock=True):
            settings = AgentSettings.model_validate(row.settings)
            _store(row, settings, tuple(one for one in settings.knowledge_base if one.id != document_id))
            detached.append(row.agent_id)
        await self._session.flush()
        return tuple(detached)

    async def dependents(self, workspace_id: str, document_id: str) -> tuple[DependentAgent, ...]:
        """The agents that answer from a document, oldest first."""
        return tuple(
            DependentAgent(row.agent_id, row.name, row.created_at)
            for row in await self._dependents(workspace_id, document_id)
        )

    async def all_dependents(self, workspace_id: str) -> dict[str, tuple[DependentAgent, ...]]:
        """By document, the agents of a workspace that answer from it, oldest first."""
        statement = (
            select(AgentRow.agent_id, AgentRow.name, AgentRow.created_at, AgentRow.settings)
            .where(AgentRow.workspace_id == workspace_id)
            .order_by(AgentRow.created_at, AgentRow.agent_id)
        )
        found: dict[str, tuple[DependentAgent, ...]] = {}
        for agent_id, name, created_at, settings in await self._session.execute(statement):
            # Only one key of what may be thousands of settings is of interest.
            for reference in settings.get("knowledge_base", ()):
                document_id = reference["id"]
                found[document_id] = (*found.get(document_id, ()), DependentAgent(agent_id, name, created_at))
        return found

    async def references(self, workspace_id: str, agent_id: str) -> tuple[KnowledgeReference, ...]:
        """What an agent's settings name, in their order, stored or not.

        Raises:
            NotFoundError: `agent_not_found`.
        """
        row = await self._agent(workspace_id, agent_id, lock=False)
        return AgentSettings.model_validate(row.settings).knowledge_base

    async def unknown(self, workspace_id: str, document_ids: Sequence[str]) -> tuple[str, ...]:
        """Those of some document ids that the workspace does not have, in their order."""
        statement = select(KnowledgeDocumentRow.document_id).where(
            KnowledgeDocumentRow.workspace_id == workspace_id, KnowledgeDocumentRow.document_id.in_(document_ids)
        )
        known = set(await self._session.scalars(statement))
        return tuple(document_id for document_id in document_ids if document_id not in known)

    async def _agent(self, workspace_id: str, agent_id: str, *, lock: bool = True) -> AgentRow:
        statement = select(AgentRow).where(AgentRow.workspace_id == workspace_id, AgentRow.agent_id == agent_id)
        if lock:
            statement = statement.with_for_update(key_share=True)
        row = (await self._session.execute(statement)).scalar_one_or_none()
        if row is None:
            raise NotFoundError("There is no such agent.", param="agent_id", code="agent_not_found")
        return row

    async def _dependents(self, workspace_id: str, document_id: str, *, lock: bool = False) -> list[AgentRow]:
        # The text of the settings finds the few candidates on every database; their values decide.
        statement = (
            select(AgentRow)
            .where(
                AgentRow.workspace_id == workspace_id,
                cast(AgentRow.settings, Text).contains(document_id, autoescape=True),
            )
            .order_by(AgentRow.created_at, AgentRow.agent_id)
        )
        if lock:
            statement = statement.with_for_update(key_share=True)
        return [
            row
            for row in await self._session.scalars(statement)
            if any(one.id == document_id for one in AgentSettings.model_validate(row.settings).knowledge_base)
        ]


def _store(row: AgentRow, settings: AgentSettings, references: tuple[KnowledgeReference, ...]) -> None:
    row.settings = settings.model_copy(update={"knowledge_base": references}).model_dump(mode="json")
    # Later than the version before, whatever the clock says: it is what `ETag` is made of.
    row.updated_at = max(datetime.now(UTC), row.updated_at + timedelta(microseconds=1))
