"""The booking tool's appointment book, kept in the database."""

from datetime import timedelta

from bot.tools.appointment_book import AppointmentRequest, BookedAppointment
from data.appointments import NewAppointment
from data.database import Database
from data.repositories.appointment import AppointmentRepository

APPOINTMENT_LENGTH = timedelta(minutes=30)


class DatabaseAppointmentBook:
    """Implements the bot's `AppointmentBook`.

    Args:
        database: Where appointments are.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def book(self, request: AppointmentRequest) -> BookedAppointment:
        """Store the appointment in the workspace of its agent."""
        async with self._database.session() as session:
            appointment = await AppointmentRepository(session).book(
                request.workspace_id,
                NewAppointment(
                    agent_id=request.agent_id,
                    conversation_id=request.conversation_id,
                    customer_name=request.name,
                    phone_number=request.phone_number or None,
                    subject=" · ".join(part for part in (request.topic, request.notes) if part),
                    starts_at=request.starts_at,
                    ends_at=request.starts_at + APPOINTMENT_LENGTH,
                    idempotency_key=request.idempotency_key,
                ),
            )
        return BookedAppointment(appointment.appointment_id, request.starts_at)
