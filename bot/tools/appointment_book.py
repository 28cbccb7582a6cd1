"""The seam between the booking tool and wherever appointments are kept."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class AppointmentRequest:
    """An appointment that the caller has agreed to."""

    workspace_id: str
    conversation_id: str
    agent_id: str
    name: str
    starts_at: datetime
    """With the timezone of the agent."""
    phone_number: str
    """E.164 where it could be understood as such; empty when the caller withheld it and gave none."""
    topic: str
    notes: str
    idempotency_key: str
    """The same for every attempt at the same booking in the same call."""


@dataclass(frozen=True, slots=True)
class BookedAppointment:
    """An appointment as it was stored."""

    appointment_id: str
    starts_at: datetime


class AppointmentBook(Protocol):
    """Keeps appointments."""

    async def book(self, request: AppointmentRequest) -> BookedAppointment:
        """Store the appointment; a second time with the same key gives the first one again.

        Raises:
            InvalidInputError: The slot is taken (`code="slot_taken"`).
        """
        ...
