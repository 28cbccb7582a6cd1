"""Call status callbacks, in order and counted, off the way of the call itself."""

import asyncio
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from simulator.twilio.call_record import CallRecord, CallStatus, rfc2822
from simulator.twilio.notifications import Notification
from simulator.twilio.twiml import Method
from simulator.twilio.webhooks import WebhookError, WebhookSender

HTTP_FAILURE = 11200

_EVENT_OF_STATUS: Mapping[CallStatus, str] = {
    CallStatus.INITIATED: "initiated",
    CallStatus.RINGING: "ringing",
    CallStatus.IN_PROGRESS: "answered",
}


@dataclass(frozen=True, slots=True)
class StatusCallback:
    """Where to report a call's states.

    Attributes:
        url: Public URL.
        events: Of `initiated`, `ringing`, `answered`, `completed`; every final state counts as `completed`.
    """

    url: str
    events: frozenset[str] = frozenset({"completed"})
    method: Method = "POST"


class StatusReporter:
    """Sends the callbacks of one call, one after the other."""

    def __init__(self, callback: StatusCallback | None, webhooks: WebhookSender, record: CallRecord) -> None:
        self._callback = callback
        self._webhooks = webhooks
        self._record = record
        self._sequence = 0
        self._last: asyncio.Task[None] | None = None

    def report(self, status: CallStatus) -> None:
        """Queue the callback of a state, if it was asked for."""
        callback = self._callback
        if callback is None or _EVENT_OF_STATUS.get(status, "completed") not in callback.events:
            return
        fields = self._record.form_fields() | {
            "CallStatus": status.value,
            "CallbackSource": "call-progress-events",
            "SequenceNumber": str(self._sequence),
            "Timestamp": rfc2822(datetime.now(UTC)) or "",
        }
        if status.is_final:
            seconds = self._record.duration_secs
            fields |= {"CallDuration": str(seconds), "Duration": str(math.ceil(seconds / 60))}
        self._sequence += 1
        self._last = asyncio.create_task(self._send(callback, fields, self._last), name="status-callback")

    async def drain(self) -> None:
        """Wait until everything queued was sent or has failed; each has the webhook's own deadline."""
        if self._last is not None:
            await asyncio.wait({self._last})

    async def _send(
        self, callback: StatusCallback, fields: Mapping[str, str], before: asyncio.Task[None] | None
    ) -> None:
        if before is not None:
            await asyncio.wait({before})
        try:
            await self._webhooks.send(callback.url, fields, callback.method)
        except WebhookError as error:
            self._record.notifications.append(Notification(HTTP_FAILURE, str(error)))
