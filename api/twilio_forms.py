"""The forms that Twilio posts, as far as they are read here, for the API's document.

Source: Twilio's "TwiML Voice: request parameters" and "Call resource: status callback". Twilio sends many more
fields, and new ones without notice: everything else is allowed.
"""

from collections.abc import Mapping

_SID = {
    "CallSid": ("The call; the same in every request about it.", "CA00112233445566778899aabbccddeeff"),
}
INCOMING_FIELDS: Mapping[str, tuple[str, str]] = {
    **_SID,
    "From": ("The caller's number, E.164, or a word such as `anonymous`.", "+15550002222"),
    "To": ("The number that was called, E.164: it leads to the agent.", "+15550001111"),
}
STATUS_FIELDS: Mapping[str, tuple[str, str]] = {
    **_SID,
    "CallStatus": (
        "What became of it: `completed`, `busy`, `no-answer`, `failed`, `canceled` end it.",
        "no-answer",
    ),
    "CallDuration": ("Seconds; only with `completed`.", "12"),
}
"""Name → meaning and example."""


def form_document(fields: Mapping[str, tuple[str, str]]) -> dict[str, object]:
    """The `openapi_extra=` of a route that takes such a form."""
    schema = {
        "type": "object",
        "additionalProperties": {"type": "string"},
        "properties": {
            name: {"type": "string", "description": meaning, "examples": [example]}
            for name, (meaning, example) in fields.items()
        },
    }
    example = {name: example for name, (_, example) in fields.items()}
    content = {"application/x-www-form-urlencoded": {"schema": schema, "example": example}}
    return {"requestBody": {"required": True, "content": content}}
