"""What Twilio knows of a call, and the two shapes in which it tells it: form fields and JSON."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from enum import StrEnum

from simulator.twilio.notifications import Notification

API_VERSION = "2010-04-01"


class CallStatus(StrEnum):
    """Twilio's call states, in the order of a call's life and then the ways it can end."""

    QUEUED = "queued"
    INITIATED = "initiated"
    RINGING = "ringing"
    IN_PROGRESS = "in-progress"
    COMPLETED = "completed"
    BUSY = "busy"
    NO_ANSWER = "no-answer"
    FAILED = "failed"
    CANCELED = "canceled"

    @property
    def is_final(self) -> bool:
        """Whether nothing follows."""
        return self in _FINAL


_FINAL = frozenset(
    {CallStatus.COMPLETED, CallStatus.BUSY, CallStatus.NO_ANSWER, CallStatus.FAILED, CallStatus.CANCELED}
)


class Direction(StrEnum):
    """Who called whom, seen from the account."""

    INBOUND = "inbound"
    OUTBOUND_API = "outbound-api"


class CallEnder(StrEnum):
    """Who ended a call."""

    CALLER = "caller"
    REST = "rest"
    DOCUMENT = "document"
    REJECTED = "rejected"
    APPLICATION_ERROR = "application_error"
    NOT_ANSWERED = "not_answered"


@dataclass(slots=True)
class CallRecord:
    """One call.

    Attributes:
        said: What `<Say>` verbs said, in order.
        dialed: What `<Dial>` verbs called, in order.
        notifications: Errors and warnings.
        ended_by: Who ended it, None while it runs.
    """

    sid: str
    account_sid: str
    from_number: str
    to_number: str
    direction: Direction
    status: CallStatus = CallStatus.QUEUED
    created_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    ended_by: CallEnder | None = None
    said: list[str] = field(default_factory=list)
    dialed: list[str] = field(default_factory=list)
    notifications: list[Notification] = field(default_factory=list)

    @property
    def duration_secs(self) -> int:
        """Whole seconds since the call was answered, rounded up as Twilio bills; 0 if it was not."""
        if self.answered_at is None:
            return 0
        return math.ceil(((self.ended_at or datetime.now(UTC)) - self.answered_at).total_seconds())

    def form_fields(self) -> dict[str, str]:
        """Return the fields that every webhook of this call carries."""
        fields = {
            "CallSid": self.sid,
            "AccountSid": self.account_sid,
            "ApiVersion": API_VERSION,
            "CallStatus": self.status.value,
            "Direction": self.direction.value,
            "From": self.from_number,
            "To": self.to_number,
            "Caller": self.from_number,
            "Called": self.to_number,
        }
        for party in ("From", "To", "Caller", "Called"):
            fields |= {f"{party}{key}": value for key, value in _PLACE.items()}
        return fields

    def json(self) -> dict[str, object]:
        """Return the REST resource (Twilio's "Call resource")."""
        path = f"/{API_VERSION}/Accounts/{self.account_sid}/Calls/{self.sid}"
        return {
            "sid": self.sid,
            "account_sid": self.account_sid,
            "annotation": None,
            "answered_by": None,
            "api_version": API_VERSION,
            "caller_name": None,
            "date_created": rfc2822(self.created_at),
            "date_updated": rfc2822(self.ended_at or self.answered_at or self.created_at),
            "direction": self.direction.value,
            "duration": str(self.duration_secs) if self.status.is_final else None,
            "end_time": rfc2822(self.ended_at),
            "forwarded_from": None,
            "from": self.from_number,
            "from_formatted": self.from_number,
            "group_sid": None,
            "parent_call_sid": None,
            "phone_number_sid": None,
            "price": None,
            "price_unit": "USD",
            "queue_time": "0",
            "start_time": rfc2822(self.answered_at),
            "status": self.status.value,
            "subresource_uris": {
                "notifications": f"{path}/Notifications.json",
                "streams": f"{path}/Streams.json",
            },
            "to": self.to_number,
            "to_formatted": self.to_number,
            "trunk_sid": None,
            "uri": f"{path}.json",
        }


_PLACE: Mapping[str, str] = {"City": "SAN FRANCISCO", "State": "CA", "Zip": "94105", "Country": "US"}


def rfc2822(moment: datetime | None) -> str | None:
    """Return a time as Twilio's REST API writes it."""
    return None if moment is None else format_datetime(moment)
