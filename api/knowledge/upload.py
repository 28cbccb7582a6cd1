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
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.types import Message, Receive

from api.json_tree import require_storable
from api.knowledge.upload_forms import MAX_NAME, MAX_URL
from config.errors import InvalidInputError

_FORM_SLACK = 200_000
"""Bytes of a form beyond its file: boundaries, headers, a name."""
_MAX_FIELDS = 20
_LENGTHS = {"name": MAX_NAME, "url": MAX_URL}
"""Most characters of fields that are bounded."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was sent.

    Attributes:
        path: Where it is while the request lasts.
        filename: As the client calls it; may have folders, never any that lead outward.
        media_type: As the client says.
    """

    path: Path
    filename: str
    media_type: str


@dataclass(frozen=True, slots=True)
class ReceivedForm:
    """A form that was sent.

    Attributes:
        fields: Those that are texts.
        upload: Its file, if it has one.
    """

    fields: Mapping[str, str]
    upload: Upload | None

    @property
    def name(self) -> str | None:
        """What a document is to be called."""
        return self.fields.get("name") or None

    @property
    def agent_id(self) -> str | None:
        """Who is to answer from it."""
        return self.fields.get("agent_id") or None

    def required_file(self) -> Upload:
        """The file.

        Raises:
            RequestValidationError: There is none (422).
        """
        if self.upload is None:
            raise _invalid("file", "missing", "Field required")
        return self.upload

    def required_source(self) -> Upload | str:
        """The file, or the address that stands in its place.

        Raises:
            RequestValidationError: There is neither, or both (422).
        """
        url = self.fields.get("url")
        if url and self.upload is not None:
            raise _invalid("url", "value_error", "Give a file or a url, not both")
        return url or self.required_file()


@asynccontextmanager
async def received_form(request: Request, max_bytes: int) -> AsyncIterator[ReceivedForm]:
    """Receive a form with one file or none.

    Args:
        request: Its body is unread.
        max_bytes: Most bytes of the file.

    Raises:
        InvalidInputError: `document_too_large`, or the form is broken.
        RequestValidationError: A field is too long, or cannot be stored (422).
    """
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > max_bytes + _FORM_SLACK:
        raise _too_large(max_bytes)
    limited = Request(request.scope, _counted(request.receive, max_bytes))
    try:
        async with limited.form(max_files=1, max_fields=_MAX_FIELDS, max_part_size=_FORM_SLACK) as form:
            file = form.get("file")
            fields = {name: value for name, value in form.items() if isinstance(value, str)}
            _require_usable(fields)
            with tempfile.TemporaryDirectory(prefix="upload-") as folder:
                upload = await _kept(file, Path(folder), max_bytes) if isinstance(file, UploadFile) else None
                yield ReceivedForm(fields, upload)
    except HTTPException as error:
        raise InvalidInputError(f"The form cannot be read: {error.detail}") from error


async def _kept(file: UploadFile, folder: Path, max_bytes: int) -> Upload:
    if (file.size or 0) > max_bytes:
        raise _too_large(max_bytes)
    path = folder / "file"
    await asyncio.to_thread(_copy, file, path)
    return Upload(path, _plain_name(file.filename or ""), file.content_type or "")


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
    for name, longest in _LENGTHS.items():
        if len(fields.get(name, "")) > longest:
            raise _invalid(name, "string_too_long", f"String should have at most {longest} characters")
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
