"""Appointments in storage."""

from datetime import UTC, datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from config.errors import InvalidInputError, NotFoundError
from data.appointments import Appointment, AppointmentQuery, AppointmentStatus, NewAppointment
from data.ids import new_id
from data.models import AppointmentRow
from data.pagination import Page, SortDirection
from data.repositories.keyset import Keyset
from data.repositories.workspace_lock import lock_workspace


class AppointmentRepository:
    """Stores appointments, never two at a time with the same agent.

    Args:
        session: One from `Database.session()`, or `Database.read()` where nothing is changed.
    """

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def book(self, workspace_id: str, new: NewAppointment) -> Appointment:
        """Book an appointment, once for each idempotency key.

        Returns:
            The appointment; for a key that was used before, the one of then, whatever is asked now.

        Raises:
            InvalidInputError: `slot_taken`: the agent has an appointment in that time. `invalid_time`: it
                would end before it begins.
            NotFoundError: `workspace_not_found`.
        """
        if new.ends_at <= new.starts_at:
            raise InvalidInputError(
                "An appointment has to end after it begins.", param="ends_at", code="invalid_time"
            )
        # No constraint that both databases have can say "no overlap".
        await lock_workspace(self._session, workspace_id)
        known = await self._by_key(workspace_id, new.idempotency_key)
        if known is not None:
            return _to_value(known)
        await self._require_free(workspace_id, new)
        now = datetime.now(UTC)
        row = AppointmentRow(
            appointment_id=new_id("appt"),
            workspace_id=workspace_id,
            agent_id=new.agent_id,
            conversation_id=new.conversation_id,
            customer_name=new.customer_name,
            phone_number=new.phone_number,
            subject=new.subject,
            starts_at=new.starts_at.astimezone(UTC),
            ends_at=new.ends_at.astimezone(UTC),
            status=AppointmentStatus.BOOKED,
            idempotency_key=new.idempotency_key,
            created_at=now,
            updated_at=now,
        )
        self._session.add(row)
        await self._session.flush()
        return _to_value(row)

    async def get(self, workspace_id: str, appointment_id: str) -> Appointment:
        """One appointment.

        Raises:
            NotFoundError: `appointment_not_found`.
        """
        statement = select(AppointmentRow).where(
            AppointmentRow.workspace_id == workspace_id, AppointmentRow.appointment_id == appointment_id
        )
        row = (await self._session.execute(statement)).scalar_one_or_none()
        if row is None:
            raise NotFoundError(
                "There is no such appointment.", param="appointment_id", code="appointment_not_found"
            )
        return _to_value(row)

    async def list(self, workspace_id: str, query: AppointmentQuery) -> Page[Appointment]:
        """A page of the workspace's appointments, earliest first.

        Raises:
            InvalidInputError: `invalid_cursor` or `invalid_page_size`.
        """
        keyset = Keyset(
            AppointmentRow,
            "starts_at",
            AppointmentRow.starts_at,
            AppointmentRow.appointment_id,
            SortDirection.ASCENDING,
        )
        return await keyset.page(
            self._session,
            _conditions(workspace_id, query),
            cursor=query.cursor,
            page_size=query.page_size,
            to_value=_to_value,
        )

    async def _by_key(self, workspace_id: str, key: str) -> AppointmentRow | None:
        statement = select(AppointmentRow).where(
            AppointmentRow.workspace_id == workspace_id, AppointmentRow.idempotency_key == key
        )
        return (await self._session.execute(statement)).scalar_one_or_none()

    async def _require_free(self, workspace_id: str, new: NewAppointment) -> None:
        statement = select(AppointmentRow.appointment_id).where(
            AppointmentRow.workspace_id == workspace_id,
            AppointmentRow.agent_id == new.agent_id,
            AppointmentRow.status == AppointmentStatus.BOOKED,
            AppointmentRow.starts_at < new.ends_at,
            AppointmentRow.ends_at > new.starts_at,
        )
        if (await self._session.execute(statement.limit(1))).first() is not None:
            raise InvalidInputError(
                "That time is taken; choose another one.", param="starts_at", code="slot_taken"
            )


def _conditions(workspace_id: str, query: AppointmentQuery) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [AppointmentRow.workspace_id == workspace_id]
    if query.agent_id is not None:
        conditions.append(AppointmentRow.agent_id == query.agent_id)
    if query.conversation_id is not None:
        conditions.append(AppointmentRow.conversation_id == query.conversation_id)
    if query.status is not None:
        conditions.append(AppointmentRow.status == query.status)
    if query.starts_after is not None:
        conditions.append(AppointmentRow.starts_at >= query.starts_after)
    if query.starts_before is not None:
        conditions.append(AppointmentRow.starts_at < query.starts_before)
    return conditions


def _to_value(row: AppointmentRow) -> Appointment:
    return Appointment(
        appointment_id=row.appointment_id,
        workspace_id=row.workspace_id,
        agent_id=row.agent_id,
        conversation_id=row.conversation_id,
        customer_name=row.customer_name,
        phone_number=row.phone_number,
        subject=row.subject,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        status=AppointmentStatus(row.status),
        idempotency_key=row.idempotency_key,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
