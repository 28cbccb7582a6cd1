"""Outbound calls: what `POST Calls.json` sets going."""

import asyncio
import re
from collections.abc import Sequence

from loguru import logger
from starlette.datastructures import FormData

from simulator.twilio import rest_errors
from simulator.twilio.call_record import CallStatus, Direction
from simulator.twilio.callee import CalleeDirectory, CalleeOutcome
from simulator.twilio.caller import Caller, CallerOptions
from simulator.twilio.errors import CallOverError, WaitTimeoutError
from simulator.twilio.phone_call import PhoneCall, TwimlSource, TwimlText, TwimlUrl
from simulator.twilio.rest_errors import RestError
from simulator.twilio.state import TwilioState
from simulator.twilio.status_callbacks import StatusCallback
from simulator.twilio.twiml import Method

_E164 = re.compile(r"\+[1-9]\d{6,14}")
_STATUS_OF_OUTCOME = {
    CalleeOutcome.BUSY: CallStatus.BUSY,
    CalleeOutcome.NO_ANSWER: CallStatus.NO_ANSWER,
    CalleeOutcome.FAILED: CallStatus.FAILED,
}


def text_of(form: FormData, name: str) -> str:
    """Return a form field as text; empty if it is absent."""
    value = form.get(name, "")
    return value if isinstance(value, str) else ""


def method_of(form: FormData, name: str) -> Method:
    """Return a form field that is an HTTP method; POST if it is absent."""
    return "GET" if text_of(form, name).upper() == "GET" else "POST"


def source_of(form: FormData) -> TwimlSource | None:
    """Return the instructions that a request brings: `Twiml`, or else `Url` with `Method`."""
    if twiml := text_of(form, "Twiml"):
        return TwimlText(twiml)
    if url := text_of(form, "Url"):
        return TwimlUrl(url, method_of(form, "Method"))
    return None


class Dialer:
    """Places outbound calls and lets the callee live through them.

    Args:
        state: The account.
        callees: Who answers.
    """

    def __init__(self, state: TwilioState, callees: CalleeDirectory) -> None:
        self._state = state
        self._callees = callees
        self._people: set[asyncio.Task[None]] = set()

    def dial(self, form: FormData) -> PhoneCall:
        """Start the call that a request asks for.

        Raises:
            RestError: A field is missing or wrong.
        """
        source = self._checked_source(form)
        to_number = text_of(form, "To")
        callback_url = text_of(form, "StatusCallback")
        events = _events(form.getlist("StatusCallbackEvent"))
        method = method_of(form, "StatusCallbackMethod")
        call = self._state.new_call(
            Direction.OUTBOUND_API,
            text_of(form, "From"),
            to_number,
            callback=StatusCallback(callback_url, events, method) if callback_url else None,
        )
        outcome = self._callees.outcome(to_number)
        if outcome is CalleeOutcome.ANSWERED:
            self._state.start(call, source, ring_secs=self._state.options.ring_secs)
            self._own(call, to_number)
        else:
            ring_secs = self._state.options.no_answer_secs if outcome is CalleeOutcome.NO_ANSWER else 0.0
            self._state.start_failing(call, _STATUS_OF_OUTCOME[outcome], ring_secs)
        return call

    async def close(self) -> None:
        """Send all callees away."""
        for task in tuple(self._people):
            task.cancel()
        if self._people:
            await asyncio.wait(self._people)

    def _checked_source(self, form: FormData) -> TwimlSource:
        if not text_of(form, "To"):
            raise RestError(400, rest_errors.NO_TO_NUMBER, "No 'To' number is specified")
        if not text_of(form, "From"):
            raise RestError(400, rest_errors.NO_FROM_NUMBER, "No 'From' number is specified")
        if not _E164.fullmatch(text_of(form, "To")):
            message = "The phone number you are attempting to call is not valid."
            raise RestError(400, rest_errors.INVALID_TO, message)
        if self._state.number_of(text_of(form, "From")) is None:
            message = "The source phone number provided is not yet verified for your account."
            raise RestError(400, rest_errors.UNVERIFIED_FROM, message)
        source = source_of(form)
        if source is None:
            raise RestError(400, rest_errors.NO_URL, "Url parameter is required.")
        return source

    def _own(self, call: PhoneCall, number: str) -> None:
        caller = Caller(self._state, CallerOptions(voice_url=""), call)
        task = asyncio.create_task(self._live(caller, number), name=f"callee:{call.record.sid[:8]}")
        self._people.add(task)
        task.add_done_callback(self._people.discard)

    async def _live(self, caller: Caller, number: str) -> None:
        try:
            await self._callees.person(number).take(caller)
        except (CallOverError, WaitTimeoutError) as error:
            logger.bind(call_sid=caller.record.sid).info("the callee could not go on: {}", error.message)


def _events(asked: Sequence[object]) -> frozenset[str]:
    # The official client sends the field once per event; curl users often separate by blanks.
    names = {name for value in asked if isinstance(value, str) for name in value.split()}
    return frozenset(names or {"completed"})
