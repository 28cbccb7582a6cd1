"""The IncomingPhoneNumbers resource of Twilio's REST API."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from simulator.twilio.call_record import API_VERSION
from simulator.twilio.dialer import text_of
from simulator.twilio.rest_errors import not_found
from simulator.twilio.rest_pages import page_response
from simulator.twilio.state import IncomingNumber, TwilioState

_FIELDS = {
    "VoiceUrl": "voice_url",
    "VoiceMethod": "voice_method",
    "StatusCallback": "status_callback",
    "FriendlyName": "friendly_name",
}


class NumbersResource:
    """List, read and configure the account's phone numbers."""

    def __init__(self, state: TwilioState) -> None:
        self._state = state

    async def collection(self, request: Request) -> Response:
        """List, filtered by `PhoneNumber` (a part of it is enough)."""
        wanted = request.query_params.get("PhoneNumber", "")
        shown = [self._json(number) for number in self._state.numbers.values() if wanted in number.phone_number]
        return page_response(request, "incoming_phone_numbers", shown)

    async def item(self, request: Request) -> Response:
        """Read one, or set its `VoiceUrl`, `VoiceMethod`, `StatusCallback`, `FriendlyName`."""
        sid = request.path_params["number_sid"]
        if sid not in self._state.numbers:
            raise not_found(request)
        if request.method == "POST":
            form = await request.form()
            self._state.update_number(
                sid, **{name: text_of(form, field) for field, name in _FIELDS.items() if field in form}
            )
        return JSONResponse(self._json(self._state.numbers[sid]))

    def _json(self, number: IncomingNumber) -> dict[str, object]:
        account_sid = self._state.options.account_sid
        return {
            "sid": number.sid,
            "account_sid": account_sid,
            "api_version": API_VERSION,
            "phone_number": number.phone_number,
            "friendly_name": number.friendly_name or number.phone_number,
            "voice_url": number.voice_url,
            "voice_method": number.voice_method,
            "status_callback": number.status_callback,
            "status_callback_method": "POST",
            "capabilities": {"voice": True, "sms": False, "mms": False, "fax": False},
            "origin": "twilio",
            "uri": f"/{API_VERSION}/Accounts/{account_sid}/IncomingPhoneNumbers/{number.sid}.json",
        }
