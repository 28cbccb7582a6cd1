"""Word documents (DOCX) into Markdown, by way of HTML: mammoth reads styles as headings, lists and tables."""

import zipfile
from pathlib import Path

import mammoth

from config.errors import InvalidInputError
from data.knowledge.extract.extracted import Extracted
from data.knowledge.extract.html import html_to_markdown

MAX_UNPACKED_BYTES = 200_000_000
MAX_RATIO = 200
"""Of unpacked to packed size, where it is more than a few megabytes; XML packs 5 to 20 times."""
_RATIO_MATTERS_FROM = 10_000_000
MAX_MEMBERS = 5_000
_TEXT_PART = "word/document.xml"


def docx_to_markdown(path: Path) -> Extracted:
    """Take the text out of a Word document.

    Raises:
        InvalidInputError: `document_damaged`; `document_too_large`: it unpacks to more than it may.
    """
    _require_harmless(path)
    try:
        with path.open("rb") as file:
            # Pictures are left out before they are turned into text.
            result = mammoth.convert_to_html(file, convert_image=mammoth.images.img_element(lambda _: {}))
    except (zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        raise InvalidInputError("The Word document is damaged.", code="document_damaged") from error
    return html_to_markdown(result.value)


def _require_harmless(path: Path) -> None:
    """Refuse an archive that unpacks to far more than a document. Readers hold to the sizes that it declares."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise InvalidInputError("The file is no Word document (DOCX).", code="document_damaged") from error
    if all(member.filename != _TEXT_PART for member in members):
        raise InvalidInputError("The file is no Word document (DOCX).", code="document_damaged")
    unpacked = sum(member.file_size for member in members)
    packed = max(1, path.stat().st_size)
    too_dense = unpacked > _RATIO_MATTERS_FROM and unpacked / packed > MAX_RATIO
    if len(members) > MAX_MEMBERS or unpacked > MAX_UNPACKED_BYTES or too_dense:
        raise InvalidInputError(
            f"The Word document unpacks to {unpacked:,} bytes, which is more than a document has.",
            code="document_too_large",
        )
