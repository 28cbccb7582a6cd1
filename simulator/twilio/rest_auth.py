"""HTTP basic authentication of Twilio's REST API: the account's sid and its auth token."""

import base64
import binascii
import secrets

from starlette.requests import Request

from simulator.twilio.options import TwilioOptions
from simulator.twilio.rest_errors import AUTHENTICATE, RestError


def require_account(request: Request, options: TwilioOptions) -> None:
    """Check the credentials, and that the path names the same account.

    Raises:
        RestError: 20003, as Twilio answers for a wrong secret and for a foreign account alike.
    """
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    try:
        user, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        user = password = ""
    good_password = secrets.compare_digest(password.encode(), options.auth_token.encode())
    named = request.path_params.get("account_sid", options.account_sid)
    if scheme.lower() != "basic" or user != options.account_sid or named != user or not good_password:
        raise RestError(401, AUTHENTICATE, "Authenticate")
