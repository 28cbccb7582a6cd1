"""One call from its first ring to its last callback: TwiML is carried out verb by verb.

The same class serves callers and callees; a REST redirect or hang-up, or the person, interrupts the verb that
is running, exactly where Twilio would.
"""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urljoin

from simulator.twilio.call_record import CallEnder, CallRecord, CallStatus
from simulator.twilio.errors import CallOverError
from simulator.twilio.faults import NO_FAULTS, CallerFaults
from simulator.twilio.ids import new_sid
from simulator.twilio.line import Line
from simulator.twilio.media_socket import HandshakeRefusedError
from simulator.twilio.media_stream import MediaStream
from simulator.twilio.messages import StreamIdentity
from simulator.twilio.notifications import Notification
from simulator.twilio.options import TwilioOptions
from simulator.twilio.signature import Signer
from simulator.twilio.status_callbacks import HTTP_FAILURE, StatusReporter
from simulator.twilio.twiml import (
    ConnectStream,
    Dial,
    Hangup,
    Method,
    Pause,
    Play,
    Redirect,
    Reject,
    Say,
    TwimlError,
    UnsupportedVerb,
    Verb,
    parse_twiml,
)
from simulator.twilio.webhooks import WebhookError, WebhookSender

DOCUMENT_PARSE_FAILURE = 12100
SCHEMA_WARNING = 12200
HANDSHAKE_ERROR = 31920
_SECS_A_CHARACTER = 0.06
_MAX_DOCUMENTS = 50


@dataclass(frozen=True, slots=True)
class TwimlUrl:
    """Instructions are fetched."""

    url: str
    method: Method = "POST"


@dataclass(frozen=True, slots=True)
class TwimlText:
    """Instructions are given."""

    document: str


TwimlSource = TwimlUrl | TwimlText


class _SilentListener:
    """For a stream whose audio nobody hears."""

    def on_stream_started(self, at: float) -> None:
        pass

    def on_agent_audio(self, at: float, size: int, playout_was_idle: bool) -> None:
        pass

    def on_clear(self, at: float) -> None:
        pass


class PhoneCall:
    """One call. `run` it once; `redirect` and `hang_up` may come at any time.

    Attributes:
        record: What Twilio tells of the call.
        line: The person's end.
        streamed: Set when the first media stream has started.
        ended: Set when the call is over and its callbacks were sent.
        duplicate: The second stream, if that fault was asked for.
    """

    def __init__(
        self,
        record: CallRecord,
        line: Line,
        options: TwilioOptions,
        webhooks: WebhookSender,
        signer: Signer,
        reporter: StatusReporter,
        faults: CallerFaults = NO_FAULTS,
    ) -> None:
        self.record = record
        self.line = line
        self.streamed = asyncio.Event()
        self.ended = asyncio.Event()
        self.duplicate: MediaStream | None = None
        self._options = options
        self._webhooks = webhooks
        self._signer = signer
        self._reporter = reporter
        self._faults = faults
        self._activity: asyncio.Task[TwimlSource | None] | None = None
        self._interrupted = False
        self._instead: TwimlSource | None = None
        self._final_status = CallStatus.COMPLETED
        self._base_url = ""

    async def run(self, first: TwimlSource, *, ring_secs: float | None = None) -> None:
        """Carry the call through; cancelling hangs up.

        Args:
            first: The first instructions.
            ring_secs: For an outbound call: how long it rings before it is answered.
        """
        source: TwimlSource | None = first
        try:
            if ring_secs is not None:
                self._final_status = CallStatus.CANCELED
                source = await self._interruptibly(self._ring(ring_secs, first))
            else:
                self.set_status(CallStatus.RINGING)
            for _ in range(_MAX_DOCUMENTS):
                if source is None:
                    break
                source = await self._interruptibly(self._perform(source))
        finally:
            await self._finish()

    def set_status(self, status: CallStatus) -> None:
        """Enter a state and report it."""
        self.record.status = status
        self._reporter.report(status)

    def redirect(self, source: TwimlSource) -> None:
        """Break off what the call does and go on with other instructions.

        Raises:
            CallOverError: The call is not in progress.
        """
        if self.record.status is not CallStatus.IN_PROGRESS:
            raise CallOverError("the call is not in progress")
        self._interrupt(source)

    def hang_up(self, ender: CallEnder) -> None:
        """End the call; what it does is broken off.

        Raises:
            CallOverError: It is over already.
        """
        if self.record.status.is_final:
            raise CallOverError("the call is over already")
        if self.record.ended_by is None:
            self.record.ended_by = ender
            self._interrupt(None)

    async def fail(self, status: CallStatus, after_secs: float) -> None:
        """Ring in vain, then end as `busy`, `no-answer` or `failed`."""
        try:
            self._final_status = status
            self.record.ended_by = CallEnder.NOT_ANSWERED
            self.set_status(CallStatus.INITIATED)
            self.set_status(CallStatus.RINGING)
            await asyncio.sleep(after_secs)
        finally:
            await self._finish()

    def _interrupt(self, instead: TwimlSource | None) -> None:
        self._interrupted = True
        self._instead = instead
        if self._activity is not None:
            self._activity.cancel()

    async def _interruptibly(self, activity: Coroutine[None, None, TwimlSource | None]) -> TwimlSource | None:
        """Run one activity to its end or to an interruption; returns what to do next."""
        if self._is_interrupted():
            activity.close()
            return self._take_instead()
        task = asyncio.create_task(activity, name=f"call:{self.record.sid[:8]}")
        self._activity = task
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError:
            task.cancel()
            await asyncio.wait({task})
            raise
        return self._take_instead() if self._is_interrupted() else task.result()

    def _is_interrupted(self) -> bool:
        return self._interrupted

    def _take_instead(self) -> TwimlSource | None:
        # A hang-up stays; a redirect is taken once.
        self._interrupted = self._instead is None
        return self._instead

    async def _ring(self, secs: float, first: TwimlSource) -> TwimlSource:
        self.set_status(CallStatus.INITIATED)
        self.set_status(CallStatus.RINGING)
        await asyncio.sleep(secs)
        self._answer()
        return first

    def _answer(self) -> None:
        if self.record.answered_at is None:
            self._final_status = CallStatus.COMPLETED
            self.record.answered_at = datetime.now(UTC)
            self.set_status(CallStatus.IN_PROGRESS)

    async def _perform(self, source: TwimlSource) -> TwimlSource | None:
        try:
            verbs = parse_twiml(await self._fetch(source))
            for verb in verbs:
                if isinstance(verb, Hangup):
                    break
                if isinstance(verb, Reject) and self.record.answered_at is None:
                    busy = verb.reason == "busy"
                    self._final_status = CallStatus.BUSY if busy else CallStatus.NO_ANSWER
                    self.record.ended_by = CallEnder.REJECTED
                    return None
                follow = await self._carry_out(verb)
                if follow is not None:
                    return follow
        except WebhookError as error:
            self._application_error(HTTP_FAILURE, str(error))
        except TwimlError as error:
            self._application_error(DOCUMENT_PARSE_FAILURE, str(error))
        return None

    async def _fetch(self, source: TwimlSource) -> str:
        if isinstance(source, TwimlText):
            return source.document
        self._base_url = source.url
        return await self._webhooks.send(source.url, self.record.form_fields(), source.method)

    def _application_error(self, code: int, message: str) -> None:
        # Twilio answers, tells the caller of "an application error" and hangs up.
        self._answer()
        self._note(code, message)
        self.record.ended_by = CallEnder.APPLICATION_ERROR

    async def _carry_out(self, verb: Verb) -> TwimlSource | None:
        """Do one verb; returns instructions that replace the rest of the document."""
        if isinstance(verb, Redirect):
            return self._go_to(verb.url, verb.method)
        if not isinstance(verb, Pause):
            self._answer()
        if isinstance(verb, ConnectStream):
            await self._connect_stream(verb)
            return self._go_to(verb.action, verb.method) if verb.action else None
        if isinstance(verb, Dial):
            self.record.dialed.append(verb.target)
            return self._go_to(verb.action, verb.method) if verb.action else None
        if isinstance(verb, Say | Play):
            text = verb.text if isinstance(verb, Say) else verb.url
            self.record.said.append(text)
            await self._take_time(len(text) * _SECS_A_CHARACTER)
        elif isinstance(verb, Pause):
            await self._take_time(verb.secs)
        elif isinstance(verb, UnsupportedVerb):
            self._note(SCHEMA_WARNING, f"<{verb.name}> is not supported here")
        return None

    def _go_to(self, url: str, method: Method) -> TwimlUrl:
        return TwimlUrl(urljoin(self._base_url, url), method)

    async def _take_time(self, secs: float) -> None:
        await asyncio.sleep(secs * self._options.verb_time_scale)

    async def _connect_stream(self, verb: ConnectStream) -> None:
        if verb.dropped_query:
            self._note(HANDSHAKE_ERROR, "<Stream url> has a query string, which is not passed on")
        stream = MediaStream(self._identity(verb), self.line, self._faults)
        try:
            try:
                await self._open(stream, verb.url)
            except HandshakeRefusedError as error:
                self._note(HANDSHAKE_ERROR, str(error))
                return
            self.line.attach(stream)
            self.streamed.set()
            if self._faults.duplicate_stream:
                await self._open_duplicate(verb)
            await stream.closed.wait()
        finally:
            self.line.detach()
            if self.duplicate is not None:
                await self.duplicate.stop()
            await stream.stop()
            self.record.notifications.extend(stream.notifications)

    async def _open_duplicate(self, verb: ConnectStream) -> None:
        self.duplicate = MediaStream(self._identity(verb), _SilentListener())
        try:
            await self._open(self.duplicate, verb.url)
        except HandshakeRefusedError as error:
            self._note(HANDSHAKE_ERROR, f"second stream: {error}")

    async def _open(self, stream: MediaStream, public_url: str) -> None:
        await stream.open(self._options.connect_url(public_url), self._signer.headers(public_url))

    def _identity(self, verb: ConnectStream) -> StreamIdentity:
        return StreamIdentity(self.record.account_sid, self.record.sid, new_sid("MZ"), verb.parameters)

    def _note(self, code: int, message: str) -> None:
        self.record.notifications.append(Notification(code, message))

    async def _finish(self) -> None:
        if self.record.ended_by is None:
            self.record.ended_by = CallEnder.DOCUMENT
        if self.record.answered_at is None and self._final_status is CallStatus.COMPLETED:
            self._final_status = CallStatus.NO_ANSWER
        self.record.ended_at = datetime.now(UTC)
        self.set_status(self._final_status)
        self.line.end()
        await self._reporter.drain()
        self.ended.set()
