"""Telephone numbers in storage."""

from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from config.errors import InvalidInputError, NotFoundError
from data.models import AgentRow, PhoneNumberRow
from data.pagination import Page, SortDirection
from data.phone_numbers import PhoneNumber, PhoneNumberQuery, PhoneRoute
from data.repositories.keyset import Keyset


class PhoneNumberRepository:
    """Stores our numbers; each belongs to one workspace of the server.

    Args:
        session: One from `Database.session()`, or `Database.read()` where nothing is changed.
    """

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, number: PhoneNumber) -> None:
        """Store a new number in its `workspace_id`.

        Raises:
            InvalidInputError: `phone_number_exists`: the server has this number already, in whichever
                workspace.
            NotFoundError: `agent_not_found`: this workspace has no such agent.
        """
        await self._require_agent(number.workspace_id, number.agent_id)
        try:
            # A savepoint, so that a refusal leaves the caller's transaction usable.
            async with self._session.begin_nested():
                self._session.add(_to_row(number))
        except IntegrityError:
            raise InvalidInputError(
                "This number is in use on this server.", param="phone_number", code="phone_number_exists"
            ) from None

    async def get(self, workspace_id: str, phone_number_id: str) -> PhoneNumber:
        """One number.

        Raises:
            NotFoundError: `phone_number_not_found`.
        """
        return _to_value(await self._row(workspace_id, phone_number_id))

    async def list(self, workspace_id: str, query: PhoneNumberQuery) -> Page[PhoneNumber]:
        """A page of the workspace's numbers, newest first.

        Raises:
            InvalidInputError: `invalid_cursor` or `invalid_page_size`.
        """
        conditions: list[ColumnElement[bool]] = [PhoneNumberRow.workspace_id == workspace_id]
        if query.agent_id is not None:
            conditions.append(PhoneNumberRow.agent_id == query.agent_id)
        if query.provider is not None:
            conditions.append(PhoneNumberRow.provider == query.provider)
        keyset = Keyset(
            PhoneNumberRow,
            "created_at",
            PhoneNumberRow.created_at,
            PhoneNumberRow.phone_number_id,
            SortDirection.DESCENDING,
        )
        return await keyset.page(
            self._session, conditions, cursor=query.cursor, page_size=query.page_size, to_value=_to_value
        )

    async def assign(
        self, workspace_id: str, phone_number_id: str, agent_id: str | None, *, at: datetime
    ) -> PhoneNumber:
        """Choose who answers a number from now on; None: nobody.

        Raises:
            NotFoundError: `phone_number_not_found` or `agent_not_found`.
        """
        row = await self._row(workspace_id, phone_number_id)
        await self._require_agent(workspace_id, agent_id)
        row.agent_id = agent_id
        row.updated_at = at
        await self._session.flush()
        return _to_value(row)

    async def delete(self, workspace_id: str, phone_number_id: str) -> None:
        """Forget a number.

        Raises:
            NotFoundError: `phone_number_not_found`.
        """
        await self._session.delete(await self._row(workspace_id, phone_number_id))
        await self._session.flush()

    async def find_route(self, phone_number: str) -> PhoneRoute | None:
        """Where a call to this number (E.164) goes, in whichever workspace; None for a number not ours.

        Numbers that do not take incoming calls have no route either.
        """
        statement = select(PhoneNumberRow).where(
            PhoneNumberRow.phone_number == phone_number, PhoneNumberRow.supports_inbound
        )
        row = (await self._session.execute(statement)).scalar_one_or_none()
        return None if row is None else PhoneRoute(row.workspace_id, row.agent_id, row.phone_number_id)

    async def _row(self, workspace_id: str, phone_number_id: str) -> PhoneNumberRow:
        statement = select(PhoneNumberRow).where(
            PhoneNumberRow.workspace_id == workspace_id, PhoneNumberRow.phone_number_id == phone_number_id
        )
        row = (await self._session.execute(statement)).scalar_one_or_none()
        if row is None:
            raise NotFoundError(
                "There is no such phone number.", param="phone_number_id", code="phone_number_not_found"
            )
        return row

    async def _require_agent(self, workspace_id: str, agent_id: str | None) -> None:
        if agent_id is None:
            return
        statement = select(AgentRow.agent_id).where(
            AgentRow.workspace_id == workspace_id, AgentRow.agent_id == agent_id
        )
        if (await self._session.execute(statement)).first() is None:
            raise NotFoundError("There is no such agent.", param="agent_id", code="agent_not_found")


def _to_row(number: PhoneNumber) -> PhoneNumberRow:
    return PhoneNumberRow(
        phone_number_id=number.phone_number_id,
        workspace_id=number.workspace_id,
        phone_number=number.phone_number,
        label=number.label,
        provider=number.provider,
        agent_id=number.agent_id,
        supports_inbound=number.supports_inbound,
        supports_outbound=number.supports_outbound,
        created_at=number.created_at,
        updated_at=number.updated_at,
    )


def _to_value(row: PhoneNumberRow) -> PhoneNumber:
    return PhoneNumber(
        phone_number_id=row.phone_number_id,
        workspace_id=row.workspace_id,
        phone_number=row.phone_number,
        label=row.label,
        created_at=row.created_at,
        updated_at=row.updated_at,
        agent_id=row.agent_id,
        provider=row.provider,
        supports_inbound=row.supports_inbound,
        supports_outbound=row.supports_outbound,
    )
