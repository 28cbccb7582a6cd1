"""The Calls resource of Twilio's REST API."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from simulator.twilio import rest_errors
from simulator.twilio.call_record import CallEnder, CallStatus
from simulator.twilio.dialer import Dialer, source_of, text_of
from simulator.twilio.errors import CallOverError
from simulator.twilio.phone_call import PhoneCall
from simulator.twilio.rest_errors import RestError, not_found
from simulator.twilio.rest_pages import page_response
from simulator.twilio.state import TwilioState


class CallsResource:
    """Create, list, read, redirect and end calls."""

    def __init__(self, state: TwilioState, dialer: Dialer) -> None:
        self._state = state
        self._dialer = dialer

    async def collection(self, request: Request) -> Response:
        """GET lists, newest first, filtered by `Status`, `To`, `From`; POST dials (201)."""
        if request.method == "POST":
            call = self._dialer.dial(await request.form())
            return JSONResponse(call.record.json(), status_code=201)
        wanted = request.query_params
        records = [call.record for call in reversed(self._state.calls.values())]
        shown = [
            record.json()
            for record in records
            if wanted.get("Status") in (None, record.status.value)
            and wanted.get("To") in (None, record.to_number)
            and wanted.get("From") in (None, record.from_number)
        ]
        return page_response(request, "calls", shown)

    async def item(self, request: Request) -> Response:
        """GET reads; POST ends (`Status`) or redirects (`Twiml`, `Url`); DELETE forgets an ended call."""
        call = self._state.calls.get(request.path_params["call_sid"])
        if call is None:
            raise not_found(request)
        if request.method == "DELETE":
            if not call.record.status.is_final:
                raise RestError(409, rest_errors.NOT_IN_PROGRESS, "Call is still in progress")
            del self._state.calls[call.record.sid]
            return Response(status_code=204)
        if request.method == "POST":
            await self._update(call, request)
        return JSONResponse(call.record.json())

    async def _update(self, call: PhoneCall, request: Request) -> None:
        form = await request.form()
        status = text_of(form, "Status")
        source = source_of(form)
        try:
            if status == CallStatus.COMPLETED or (status == CallStatus.CANCELED and not call.record.answered_at):
                call.hang_up(CallEnder.REST)
            elif source is not None:
                call.redirect(source)
        except CallOverError as error:
            message = "Call is not in-progress. Cannot redirect."
            raise RestError(400, rest_errors.NOT_IN_PROGRESS, message) from error
