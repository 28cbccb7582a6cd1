"""One file into Markdown, whatever its format; blocking, and as long as it takes."""

from pathlib import Path

from config.errors import InvalidInputError
from data.knowledge.extract.csv_table import csv_to_markdown
from data.knowledge.extract.extracted import Extracted
from data.knowledge.extract.formats import OFFICE_FORMATS, DocumentFormat, detect_format
from data.knowledge.extract.html import html_to_markdown
from data.knowledge.extract.json_records import json_to_markdown
from data.knowledge.extract.office_archive import office_format
from data.knowledge.extract.pdf import pdf_to_markdown
from data.knowledge.extract.plain_text import decode_text
from data.knowledge.extract.word import docx_to_markdown

_HEAD_BYTES = 2048


def extract(path: Path, filename: str, media_type: str = "") -> Extracted:
    """Take the text out of a file.

    Args:
        path: Where it is.
        filename: What it is called, for its format and for messages.
        media_type: As the sender says; may be empty.

    Raises:
        InvalidInputError: Of no known format, damaged, encrypted, empty, or without text.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if not head.strip():
        raise InvalidInputError(f"{filename} is empty.", code="document_empty")
    found = detect_format(filename, head, media_type)
    if found in OFFICE_FORMATS:
        found = office_format(path) or found
    extracted = _extracted(found, path, filename)
    if not extracted.text.strip():
        raise InvalidInputError(f"No text was found in {filename}.", code="document_without_text")
    return extracted


def _extracted(found: DocumentFormat, path: Path, filename: str) -> Extracted:
    match found:
        case DocumentFormat.PDF:
            return pdf_to_markdown(path)
        case DocumentFormat.DOCX:
            return docx_to_markdown(path)
        case DocumentFormat.XLSX:
            # As long to import as half of all the others, which are read far more often.
            from data.knowledge.extract.excel import xlsx_to_markdown  # noqa: PLC0415

            return xlsx_to_markdown(path)
        case DocumentFormat.HTML:
            return html_to_markdown(path.read_bytes())
        case DocumentFormat.CSV:
            return csv_to_markdown(decode_text(path.read_bytes(), filename))
        case DocumentFormat.JSON:
            return json_to_markdown(decode_text(path.read_bytes(), filename))
        case DocumentFormat.TEXT | DocumentFormat.MARKDOWN:
            return Extracted(decode_text(path.read_bytes(), filename))
