"""What the API's document says of requests whose body is a form: FastAPI sees no form, as it never reads one."""

from pydantic import JsonValue

MAX_NAME = 500
MAX_URL = 4_000

_FILE: JsonValue = {"type": "string", "format": "binary"}
_AGENT: JsonValue = {"type": "string", "description": "An agent that shall answer from it."}


def _form(
    properties: dict[str, JsonValue], example: dict[str, JsonValue], *, required: list[JsonValue]
) -> dict[str, JsonValue]:
    schema: JsonValue = {"type": "object", "required": required, "properties": properties}
    return {
        "requestBody": {
            "required": True,
            "content": {"multipart/form-data": {"example": example, "schema": schema}},
        },
        "responses": {
            "422": {
                "description": "Validation Error",
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/HTTPValidationError"}}},
            }
        },
    }


def _name(otherwise: str) -> JsonValue:
    return {"type": "string", "maxLength": MAX_NAME, "description": f"{otherwise} otherwise."}


FILE_FORM = _form(
    {"file": _FILE, "name": _name("Its title, first heading or file name"), "agent_id": _AGENT},
    {"file": "(the file)", "name": "Handbook"},
    required=["file"],
)
"""A file that becomes a document."""
REPLACEMENT_FORM = _form(
    {"file": _FILE, "name": _name("The new file's title, first heading or file name")},
    {"file": "(the file)"},
    required=["file"],
)
"""A file that takes the place of a document's."""
SOURCE_FORM = _form(
    {
        "file": _FILE,
        "url": {"type": "string", "maxLength": MAX_URL, "description": "Instead of a file."},
        "name": _name("Its title, first heading or file name"),
        "agent_id": _AGENT,
    },
    {"url": "https://example.com/prices", "name": "Prices"},
    required=[],
)
"""A file or an address that becomes a document."""
