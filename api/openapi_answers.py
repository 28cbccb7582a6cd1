"""What every operation may answer besides its own: a request id in each header, and a 500 for a bug of ours."""

from typing import cast

from pydantic import JsonValue

from api.errors import BUG_MESSAGE, EXAMPLE_REQUEST_ID, ErrorBody, error_example
from api.request_context import REQUEST_ID_HEADER

_REQUEST_ID: JsonValue = {
    "description": "Names the request in the server's log: the client's own, if it sent one, else a new one.",
    "required": True,
    "schema": {"type": "string"},
    "example": EXAMPLE_REQUEST_ID,
}


def add_common_answers(operation: dict[str, JsonValue]) -> None:
    """Add the 500 to an operation, and the request id to all of its responses."""
    responses = cast(dict[str, dict[str, JsonValue]], operation["responses"])
    responses["500"] = {
        "description": "A bug of the server's; nothing else is said of it than where to look.",
        "content": {
            "application/json": {
                "schema": {"$ref": f"#/components/schemas/{ErrorBody.__name__}"},
                "example": error_example("internal_error", "internal_error", BUG_MESSAGE, status="internal_error"),
            }
        },
    }
    for response in responses.values():
        headers = cast(dict[str, JsonValue], response.setdefault("headers", {}))
        headers[REQUEST_ID_HEADER.decode()] = _REQUEST_ID
