"""Takes in a file that a client sends, and no more of it than a document may have.

FastAPI would read a form whole before any code of ours runs. Here the key was checked by then, and the bytes are
counted as they come: a file of 500 MB is refused after the allowed ones, and little of it is ever on the disk.
"""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import JsonValue
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.types import Message, Receive

from api.json_tree import require_storable
from config.errors import InvalidInputError

_FORM_SLACK = 200_000
"""Bytes of a form beyond its file: boundaries, headers, a name."""
_MAX_FIELDS = 20
_MAX_NAME = 500

FORM_SCHEMA: dict[str, JsonValue] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "example": {"file": "(the file)", "name": "Handbook"},
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {"type": "string", "format": "binary"},
                        "name": {"type": "string", "maxLength": _MAX_NAME},
                        "agent_id": {
                            "type": "string",
                            "description": "An agent that shall answer from it.",
                        },
                    },
                },
            }
        },
    },
    "responses": {
        "422": {
            "description": "Validation Error",
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/HTTPValidationError"}}},
        }
    },
}
"""What the API's document says of such a request."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was sent.

    Attributes:
        path: Where it is while the request lasts.
        filename: As the client calls it; may have folders, never any that lead outward.
        media_type: As the client says.
        fields: The form's other fields that are texts.
    """

    path: Path
    filename: str
    media_type: str
    fields: Mapping[str, str]


@asynccontextmanager
async def received_upload(request: Request, max_bytes: int) -> AsyncIterator[Upload]:
    """Receive a form with one file.

    Args:
        request: Its body is unread.
        max_bytes: Most bytes of the file.

    Raises:
        InvalidInputError: `document_too_large`, or the form is broken.
        RequestValidationError: There is no file in it (422).
    """
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > max_bytes + _FORM_SLACK:
        raise _too_large(max_bytes)
    limited = Request(request.scope, _counted(request.receive, max_bytes))
    try:
        async with limited.form(max_files=1, max_fields=_MAX_FIELDS, max_part_size=_FORM_SLACK) as form:
            file = form.get("file")
            if not isinstance(file, UploadFile):
                raise _invalid("file", "missing", "Field required")
            if (file.size or 0) > max_bytes:
                raise _too_large(max_bytes)
            fields = {name: value for name, value in form.items() if isinstance(value, str)}
            _require_usable(fields)
            with tempfile.TemporaryDirectory(prefix="upload-") as folder:
                path = Path(folder) / "file"
                await asyncio.to_thread(_copy, file, path)
                yield Upload(path, _plain_name(file.filename or ""), file.content_type or "", fields)
    except HTTPException as error:
        raise InvalidInputError(f"The form cannot be read: {error.detail}") from error


def _counted(receive: Receive, max_bytes: int) -> Receive:
    total = 0

    async def counted() -> Message:
        nonlocal total
        message = await receive()
        total += len(message.get("body", b""))
        if total > max_bytes + _FORM_SLACK:
            raise _too_large(max_bytes)
        return message

    return counted


def _copy(file: UploadFile, path: Path) -> None:
    file.file.seek(0)
    with path.open("wb") as target:
        shutil.copyfileobj(file.file, target)


def _require_usable(fields: Mapping[str, str]) -> None:
    if len(fields.get("name", "")) > _MAX_NAME:
        raise _invalid("name", "string_too_long", f"String should have at most {_MAX_NAME} characters")
    try:
        require_storable(dict(fields))
    except ValueError as error:
        raise _invalid("file", "value_error", str(error)) from error


def _plain_name(filename: str) -> str:
    """The name without anything that leads elsewhere; folders stay, so that two files of one name are two."""
    printable = "".join(character for character in filename if character.isprintable()).replace("\\", "/")
    parts = [part for part in PurePosixPath(printable).parts if part not in ("/", "..", ".")]
    return "/".join(parts)[-255:] or "upload"


def _invalid(field: str, kind: str, message: str) -> RequestValidationError:
    return RequestValidationError([{"type": kind, "loc": ("body", field), "msg": message, "input": None}])


def _too_large(max_bytes: int) -> InvalidInputError:
    return InvalidInputError(
        f"A document may have {max_bytes:,} bytes (MAX_DOCUMENT_MB).", param="file", code="document_too_large"
    )
