"""What Twilio would list in its console's debugger for a call."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Notification:
    """One error or warning, with Twilio's number (https://www.twilio.com/docs/api/errors)."""

    code: int
    message: str
