"""Bytes into text, for formats that are text already."""

import codecs

from config.errors import InvalidInputError

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def decode_text(content: bytes, filename: str) -> str:
    """The text of a file: by its byte order mark, else UTF-8, else Windows-1252.

    Raises:
        InvalidInputError: `document_encoding`: it is none of these, such as a picture or a program.
    """
    for mark, encoding in _BYTE_ORDER_MARKS:
        if content.startswith(mark):
            candidates: tuple[str, ...] = (encoding,)
            break
    else:
        # A zero byte is in every binary format, and in no text in these encodings.
        candidates = () if b"\x00" in content else ("utf-8", "cp1252")
    for encoding in candidates:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InvalidInputError(f"{filename} is not a text file. Save it as UTF-8.", code="document_encoding")
