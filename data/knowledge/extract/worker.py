"""The process that takes text out of one file: `python -m data.knowledge.extract.worker`.

A parser of other people's files is where hostile input does its damage, and pure Python parsing would hold the
interpreter lock for seconds. So it runs here: without the server's environment, with bounded memory, at low
priority, and killed at a deadline. The request is one line of JSON on standard input, the answer JSON on standard
output.
"""

import contextlib
import os
import sys
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from config.errors import InvalidInputError
from data.knowledge.chunking import ChunkOptions
from data.knowledge.extract.extract import extract
from data.knowledge.extract.extracted import Extracted
from data.knowledge.prepared import PreparedDocument, prepare_extracted

MEMORY_BYTES = 2_000_000_000
"""Address space; a PDF of 500 pages needs a tenth."""
_NICE = 10
_RECURSION_LIMIT = 3_000


class ExtractionRequest(BaseModel):
    """What is to be read."""

    model_config = ConfigDict(frozen=True)

    path: str
    filename: str
    """What it is called; may differ from the path's."""
    media_type: str = ""
    name: str | None = None
    """The document's title, if it is to have a certain one."""
    url: str | None = None
    is_markdown: bool = False
    """The file holds text that needs no extracting."""
    limit: int
    overlap: int


class ExtractionAnswer(BaseModel):
    """The document, or what was wrong with it."""

    model_config = ConfigDict(frozen=True)

    document: PreparedDocument | None = None
    error_code: str = ""
    error_message: str = ""


def answer_request(request: ExtractionRequest) -> ExtractionAnswer:
    """Do the work; what is wrong with the file is part of the answer."""
    try:
        path = Path(request.path)
        if request.is_markdown:
            extracted = Extracted(path.read_text(encoding="utf-8"))
        else:
            extracted = extract(path, request.filename, request.media_type)
        document = prepare_extracted(
            extracted,
            ChunkOptions(request.limit, request.overlap),
            name=request.name,
            filename=None if request.url or request.is_markdown else request.filename,
            url=request.url,
            original_bytes=path.stat().st_size,
        )
    except InvalidInputError as error:
        return ExtractionAnswer(error_code=error.code, error_message=error.message)
    except (RecursionError, MemoryError):
        return ExtractionAnswer(
            error_code="document_too_complex",
            error_message=f"{request.filename} is nested too deeply or needs too much memory. Simplify it.",
        )
    return ExtractionAnswer(document=document)


def main() -> None:
    """Answer one request."""
    _bound_resources()
    request = ExtractionRequest.model_validate_json(sys.stdin.buffer.read())
    sys.stdout.buffer.write(answer_request(request).model_dump_json().encode("utf-8", "replace"))


def _bound_resources() -> None:
    sys.setrecursionlimit(_RECURSION_LIMIT)
    with contextlib.suppress(OSError, AttributeError):
        os.nice(_NICE)
    with contextlib.suppress(ImportError, OSError, ValueError):  # not on every system
        import resource  # noqa: PLC0415

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main()
