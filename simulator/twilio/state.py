"""One running Twilio account: its numbers, its calls, and what they share (clock, HTTP connections)."""

import asyncio
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Self

import httpx

from simulator.twilio.call_record import CallRecord, CallStatus, Direction
from simulator.twilio.faults import NO_FAULTS, CallerFaults
from simulator.twilio.ids import new_sid
from simulator.twilio.line import Line
from simulator.twilio.options import TwilioOptions
from simulator.twilio.phone_call import PhoneCall, TwimlSource
from simulator.twilio.signature import Signer
from simulator.twilio.status_callbacks import StatusCallback, StatusReporter
from simulator.twilio.ticker import Ticker
from simulator.twilio.webhooks import WebhookSender

_MAX_REMEMBERED_CALLS = 10_000


@dataclass(frozen=True, slots=True)
class IncomingNumber:
    """A phone number of the account and where its calls go.

    Attributes:
        status_callback: Where the end of a call is reported; empty for nowhere.
    """

    phone_number: str
    sid: str = field(default_factory=lambda: new_sid("PN"))
    friendly_name: str = ""
    voice_url: str = ""
    voice_method: str = "POST"
    status_callback: str = ""


class TwilioState:
    """The account. Use it as an async context, or `close` it.

    Attributes:
        options: How it was set up.
        numbers: By their sid.
        calls: By their sid, oldest first; the oldest ended ones are forgotten beyond ten thousand.
        ticker: The 20 ms clock of all calls.
    """

    def __init__(self, options: TwilioOptions | None = None) -> None:
        self.options = options or TwilioOptions()
        self.numbers = {number.sid: number for number in (IncomingNumber(known) for known in self.options.numbers)}
        self.calls: dict[str, PhoneCall] = {}
        self.ticker = Ticker()
        self._http = httpx.AsyncClient(
            limits=httpx.Limits(max_connections=200, max_keepalive_connections=50), trust_env=False
        )
        self._running: set[asyncio.Task[None]] = set()
        self._rest_failures: list[int] = []

    async def __aenter__(self) -> Self:
        """Return itself."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        await self.close()

    def number_of(self, phone_number: str) -> IncomingNumber | None:
        """Return the account's number with these digits."""
        return next((known for known in self.numbers.values() if known.phone_number == phone_number), None)

    def update_number(self, sid: str, **values: str) -> IncomingNumber:
        """Change a number's settings and return it."""
        self.numbers[sid] = replace(self.numbers[sid], **values)
        return self.numbers[sid]

    def new_call(
        self,
        direction: Direction,
        from_number: str,
        to_number: str,
        *,
        callback: StatusCallback | None = None,
        faults: CallerFaults = NO_FAULTS,
        record: bool = True,
    ) -> PhoneCall:
        """Make a call that is known to the REST API and not running yet."""
        options = self.options
        token = "somebody-else" if faults.wrong_signature else options.auth_token
        signer = Signer(token, omit=faults.no_signature)
        webhooks = WebhookSender(self._http, options, signer)
        call_record = CallRecord(new_sid("CA"), options.account_sid, from_number, to_number, direction)
        call = PhoneCall(
            call_record,
            Line(self.ticker, faults, record=record),
            options,
            webhooks,
            signer,
            StatusReporter(callback, webhooks, call_record),
            faults,
        )
        self.calls[call_record.sid] = call
        self._forget_old_calls()
        return call

    def start(self, call: PhoneCall, first: TwimlSource, *, ring_secs: float | None = None) -> None:
        """Run a call in the background; `call.ended` says when it is over."""
        self._own(asyncio.create_task(call.run(first, ring_secs=ring_secs), name=f"call:{call.record.sid[:8]}"))

    def start_failing(self, call: PhoneCall, status: CallStatus, after_secs: float) -> None:
        """Let a call ring in vain in the background."""
        self._own(asyncio.create_task(call.fail(status, after_secs), name=f"call:{call.record.sid[:8]}"))

    def fail_next_requests(self, *statuses: int) -> None:
        """Answer the next REST requests with these HTTP statuses, one each."""
        self._rest_failures.extend(statuses)

    def take_rest_failure(self) -> int | None:
        """Return the status that the current REST request has to fail with, if any."""
        return self._rest_failures.pop(0) if self._rest_failures else None

    async def close(self) -> None:
        """Hang up every call and close the HTTP connections."""
        for task in tuple(self._running):
            task.cancel()
        if self._running:
            await asyncio.wait(self._running)
        await self._http.aclose()

    def _own(self, task: asyncio.Task[None]) -> None:
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    def _forget_old_calls(self) -> None:
        if len(self.calls) > _MAX_REMEMBERED_CALLS:
            ended = next((sid for sid, call in self.calls.items() if call.ended.is_set()), None)
            if ended is not None:
                del self.calls[ended]
