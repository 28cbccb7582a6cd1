"""Which format a file has: by its content where that is certain, else by its name, else by its media type."""

from enum import StrEnum
from pathlib import PurePath

from config.errors import InvalidInputError


class DocumentFormat(StrEnum):
    """A format that text can be taken out of."""

    TEXT = "text"
    MARKDOWN = "markdown"
    HTML = "html"
    PDF = "pdf"
    DOCX = "docx"
    XLSX = "xlsx"
    CSV = "csv"
    JSON = "json"


_BY_SUFFIX = {
    ".txt": DocumentFormat.TEXT,
    ".text": DocumentFormat.TEXT,
    ".md": DocumentFormat.MARKDOWN,
    ".markdown": DocumentFormat.MARKDOWN,
    ".html": DocumentFormat.HTML,
    ".htm": DocumentFormat.HTML,
    ".xhtml": DocumentFormat.HTML,
    ".pdf": DocumentFormat.PDF,
    ".docx": DocumentFormat.DOCX,
    ".xlsx": DocumentFormat.XLSX,
    ".csv": DocumentFormat.CSV,
    ".tsv": DocumentFormat.CSV,
    ".json": DocumentFormat.JSON,
}
SUFFIXES = frozenset(_BY_SUFFIX)

_OFFICE_MEDIA_TYPES = {
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": DocumentFormat.DOCX,
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": DocumentFormat.XLSX,
}
_BY_MEDIA_TYPE = {
    "text/plain": DocumentFormat.TEXT,
    "text/markdown": DocumentFormat.MARKDOWN,
    "text/html": DocumentFormat.HTML,
    "application/xhtml+xml": DocumentFormat.HTML,
    "application/pdf": DocumentFormat.PDF,
    **_OFFICE_MEDIA_TYPES,
    "text/csv": DocumentFormat.CSV,
    "text/tab-separated-values": DocumentFormat.CSV,
    "application/json": DocumentFormat.JSON,
}
MEDIA_TYPES = frozenset(_BY_MEDIA_TYPE)
OFFICE_FORMATS = frozenset(_OFFICE_MEDIA_TYPES.values())
"""Those that are ZIP archives; `office_archive.office_format` tells them apart by what is in them."""
_UNDECLARED = frozenset({"", "application/octet-stream"})

_PDF_MAGIC = b"%PDF-"
_ZIP_MAGIC = b"PK\x03\x04"
_HTML_STARTS = (b"<!doctype html", b"<html")
_MAGIC_WITHIN = 1024
"""PDF readers accept a header anywhere in the first 1024 bytes (ISO 32000-1, annex H.3.4.1)."""


def detect_format(filename: str, head: bytes, media_type: str = "") -> DocumentFormat:
    """The format of a file.

    Args:
        filename: Its name, for the suffix; may be empty.
        head: Its first kilobyte or more.
        media_type: As the sender says; may be empty, and may have parameters.

    Raises:
        InvalidInputError: `unsupported_document_type`.
    """
    suffix = PurePath(filename).suffix.lower()
    declared = media_type.partition(";")[0].strip().lower()
    if _PDF_MAGIC in head[:_MAGIC_WITHIN] and (head.startswith(_PDF_MAGIC) or suffix == ".pdf"):
        return DocumentFormat.PDF
    if head.startswith(_ZIP_MAGIC):
        return _office(filename, suffix, declared)
    found = _BY_SUFFIX.get(suffix) or _BY_MEDIA_TYPE.get(declared)
    if found is None and not suffix and declared in _UNDECLARED:
        # A stream without a name, such as the SDK's `upload`: text, unless it says that it is a page.
        start = head[:_MAGIC_WITHIN].lstrip().lower()
        found = DocumentFormat.HTML if start.startswith(_HTML_STARTS) else DocumentFormat.TEXT
    if found is None:
        raise _unsupported(filename)
    return found


def _office(filename: str, suffix: str, declared: str) -> DocumentFormat:
    """The format of an archive by what it is called; only its parts say which of the family it has."""
    found = _BY_SUFFIX.get(suffix)
    if found in OFFICE_FORMATS:
        return found
    if declared in _OFFICE_MEDIA_TYPES:
        return _OFFICE_MEDIA_TYPES[declared]
    if not suffix and declared in _UNDECLARED:
        return DocumentFormat.DOCX
    raise _unsupported(filename)


def _unsupported(filename: str) -> InvalidInputError:
    return InvalidInputError(
        f"{filename or 'The file'} has no format that can be read ({', '.join(sorted(SUFFIXES))}).",
        code="unsupported_document_type",
    )
