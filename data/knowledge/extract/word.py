"""Word documents (DOCX) into Markdown, by way of HTML: mammoth reads styles as headings, lists and tables."""

import zipfile
from pathlib import Path

import mammoth

from config.errors import InvalidInputError
from data.knowledge.extract.extracted import Extracted
from data.knowledge.extract.html import html_to_markdown
from data.knowledge.extract.office_archive import WORD, require_harmless


def docx_to_markdown(path: Path) -> Extracted:
    """Take the text out of a Word document.

    Raises:
        InvalidInputError: `document_damaged`; `document_encrypted`; `document_too_large`: it unpacks to more than
            it may.
    """
    require_harmless(path, WORD)
    try:
        with path.open("rb") as file:
            # Pictures are left out before they are turned into text.
            result = mammoth.convert_to_html(file, convert_image=mammoth.images.img_element(lambda _: {}))
    except (zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        raise InvalidInputError("The Word document is damaged.", code="document_damaged") from error
    return html_to_markdown(result.value)
