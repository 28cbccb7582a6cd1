"""Agents in storage."""

from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from config.errors import InvalidInputError, NotFoundError, PreconditionFailedError
from data.agent_config import AgentConfig, AgentSettings
from data.models import AgentRow, AgentTagRow
from data.pagination import Page
from data.queries import AgentQuery, AgentSort
from data.repositories.keyset import Keyset


class AgentRepository:
    """Stores agents; a name need not be unique.

    Args:
        session: One from `Database.session()`, or `Database.read()` where nothing is changed.
    """

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, agent: AgentConfig) -> None:
        """Store a new agent in its `workspace_id`.

        Raises:
            InvalidInputError: `agent_exists`: the id is taken.
        """
        if await self._session.get(AgentRow, agent.agent_id) is not None:
            raise InvalidInputError("There is an agent with this id.", param="agent_id", code="agent_exists")
        row = AgentRow(agent_id=agent.agent_id, workspace_id=agent.workspace_id)
        _fill(row, agent)
        self._session.add(row)
        await self._session.flush()
        await self._tag(agent)

    async def get(self, workspace_id: str, agent_id: str) -> AgentConfig:
        """One agent.

        Raises:
            NotFoundError: `agent_not_found`: this workspace has no such agent.
        """
        return _to_value(await self._row(workspace_id, agent_id))

    async def list(self, workspace_id: str, query: AgentQuery) -> Page[AgentConfig]:
        """A page of the workspace's agents.

        Raises:
            InvalidInputError: `invalid_cursor` or `invalid_page_size`.
        """
        conditions: list[ColumnElement[bool]] = [AgentRow.workspace_id == workspace_id]
        if query.search:
            conditions.append(AgentRow.name.icontains(query.search, autoescape=True))
        if query.tags:
            tagged = select(AgentTagRow.agent_id).where(
                AgentTagRow.workspace_id == workspace_id, AgentTagRow.tag.in_(query.tags)
            )
            conditions.append(AgentRow.agent_id.in_(tagged))
        by_name = query.sort_by is AgentSort.NAME
        keyset = Keyset(
            AgentRow,
            query.sort_by,
            func.lower(AgentRow.name) if by_name else AgentRow.created_at,
            AgentRow.agent_id,
            query.direction,
        )
        return await keyset.page(
            self._session, conditions, cursor=query.cursor, page_size=query.page_size, to_value=_to_value
        )

    async def replace(self, agent: AgentConfig, *, expected_updated_at: datetime | None = None) -> None:
        """Store a changed agent whole, `updated_at` as given.

        Args:
            agent: Its new state; `created_at` stays as it was stored.
            expected_updated_at: What the caller read before changing it; None overwrites whatever is there.

        Raises:
            NotFoundError: `agent_not_found`.
            PreconditionFailedError: It was changed since.
        """
        row = await self._row(agent.workspace_id, agent.agent_id, lock=True)
        if expected_updated_at is not None and row.updated_at != expected_updated_at:
            raise PreconditionFailedError("The agent was changed meanwhile; read it again and repeat.")
        created_at = row.created_at
        _fill(row, agent)
        row.created_at = created_at
        await self._session.flush()
        await self._session.execute(delete(AgentTagRow).where(AgentTagRow.agent_id == agent.agent_id))
        await self._tag(agent)

    async def delete(self, workspace_id: str, agent_id: str) -> None:
        """Remove an agent. Its conversations stay; its telephone numbers are left with nobody to answer.

        Raises:
            NotFoundError: `agent_not_found`.
        """
        await self._session.delete(await self._row(workspace_id, agent_id))
        await self._session.flush()

    async def count(self, workspace_id: str) -> int:
        """How many agents the workspace has."""
        statement = select(func.count()).select_from(AgentRow).where(AgentRow.workspace_id == workspace_id)
        return (await self._session.execute(statement)).scalar_one()

    async def _row(self, workspace_id: str, agent_id: str, *, lock: bool = False) -> AgentRow:
        statement = select(AgentRow).where(AgentRow.workspace_id == workspace_id, AgentRow.agent_id == agent_id)
        if lock:
            statement = statement.with_for_update(key_share=True)
        row = (await self._session.execute(statement)).scalar_one_or_none()
        if row is None:
            raise NotFoundError("There is no such agent.", param="agent_id", code="agent_not_found")
        return row

    async def _tag(self, agent: AgentConfig) -> None:
        rows = [
            {"agent_id": agent.agent_id, "tag": tag, "workspace_id": agent.workspace_id}
            for tag in dict.fromkeys(agent.settings.tags)
        ]
        if rows:
            await self._session.execute(insert(AgentTagRow), rows)


_PLAIN = (
    "name",
    "system_prompt",
    "first_message",
    "voice_provider",
    "voice_id",
    "model_provider",
    "model_name",
    "interrupt_enabled",
    "silence_threshold_sec",
    "is_active",
    "created_at",
    "updated_at",
)


def _fill(row: AgentRow, agent: AgentConfig) -> None:
    for name in _PLAIN:
        setattr(row, name, getattr(agent, name))
    row.settings = agent.settings.model_dump(mode="json")


def _to_value(row: AgentRow) -> AgentConfig:
    return AgentConfig(
        agent_id=row.agent_id,
        workspace_id=row.workspace_id,
        settings=AgentSettings.model_validate(row.settings),
        **{name: getattr(row, name) for name in _PLAIN},
    )
