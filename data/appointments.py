"""Appointments that agents book."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class AppointmentStatus(StrEnum):
    """Whether an appointment stands."""

    BOOKED = "booked"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class NewAppointment:
    """What is asked for."""

    agent_id: str
    customer_name: str
    starts_at: datetime
    """Timezone-aware."""
    ends_at: datetime
    """Timezone-aware, after `starts_at`; the moment itself is free again."""
    idempotency_key: str
    """The same key in the same workspace is the same booking, however often it is sent."""
    conversation_id: str | None = None
    phone_number: str | None = None
    """The customer's, E.164."""
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Appointment:
    """A booked appointment; times are UTC."""

    appointment_id: str
    workspace_id: str
    agent_id: str
    conversation_id: str | None
    customer_name: str
    phone_number: str | None
    subject: str
    starts_at: datetime
    ends_at: datetime
    status: AppointmentStatus
    idempotency_key: str
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class AppointmentQuery:
    """Which appointments of a workspace to list, by start, earliest first."""

    agent_id: str | None = None
    conversation_id: str | None = None
    status: AppointmentStatus | None = None
    starts_after: datetime | None = None
    """Inclusive."""
    starts_before: datetime | None = None
    """Exclusive."""
    cursor: str | None = None
    page_size: int = 30
