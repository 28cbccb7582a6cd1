"""Our own telephone numbers and who answers them."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class PhoneNumber:
    """A number of ours."""

    phone_number_id: str
    workspace_id: str
    phone_number: str
    """E.164."""
    label: str
    created_at: datetime
    updated_at: datetime
    agent_id: str | None = None
    """Who answers; None: nobody yet."""
    provider: str = "twilio"
    supports_inbound: bool = True
    supports_outbound: bool = True


@dataclass(frozen=True, slots=True)
class PhoneNumberQuery:
    """Which numbers of a workspace to list, newest first."""

    agent_id: str | None = None
    provider: str | None = None
    cursor: str | None = None
    page_size: int = 30


@dataclass(frozen=True, slots=True)
class PhoneRoute:
    """Where a call to a number of ours goes."""

    workspace_id: str
    agent_id: str | None
    phone_number_id: str
