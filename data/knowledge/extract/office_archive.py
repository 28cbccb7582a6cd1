"""What Office files have in common: an archive that may not unpack to more than a document, nor be encrypted."""

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from config.errors import InvalidInputError
from data.knowledge.extract.formats import DocumentFormat

MAX_UNPACKED_BYTES = 200_000_000
MAX_RATIO = 200
"""Of unpacked to packed size, where it is more than a few megabytes; XML packs 5 to 20 times."""
_RATIO_MATTERS_FROM = 10_000_000
MAX_MEMBERS = 5_000
_ENCRYPTED_FLAG = 0x1
"""Bit 0 of a member's flags (PKWARE's APPNOTE, 4.4.4)."""
_COMPOUND_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""Begins the older container (MS-CFB): Office's formats before 2007, and every Office file with a password."""
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
"""The stream of that container which an encrypted file is in (MS-OFFCRYPTO, 2.3.4.4)."""


@dataclass(frozen=True, slots=True)
class OfficeFormat:
    """One format of the family.

    Attributes:
        format: Which.
        noun: What people call such a file.
        suffix: How its name ends, in capitals.
        part: What the name of its main part in the archive begins with.
    """

    format: DocumentFormat
    noun: str
    suffix: str
    part: str


WORD = OfficeFormat(DocumentFormat.DOCX, "Word document", "DOCX", "word/document.xml")
EXCEL = OfficeFormat(DocumentFormat.XLSX, "Excel workbook", "XLSX", "xl/")


def office_format(path: Path) -> DocumentFormat | None:
    """The format that an archive has by what is in it, whatever it is called; None if that does not say."""
    try:
        members = _members(path)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return None
    held = [one.format for one in (WORD, EXCEL) if _holds(members, one)]
    return held[0] if len(held) == 1 else None


def require_harmless(path: Path, wanted: OfficeFormat) -> None:
    """Refuse what is not of a format, is encrypted, or unpacks to far more than a document.

    Readers hold to the sizes that the archive declares.

    Raises:
        InvalidInputError: `document_damaged`, `document_encrypted` or `document_too_large`.
    """
    try:
        members = _members(path)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise _no_archive(path, wanted) from error
    if not _holds(members, wanted):
        raise _damaged(f"The file is no {wanted.noun} ({wanted.suffix}).")
    if any(member.flag_bits & _ENCRYPTED_FLAG for member in members):
        raise _encrypted(wanted)
    unpacked = sum(member.file_size for member in members)
    packed = max(1, path.stat().st_size)
    too_dense = unpacked > _RATIO_MATTERS_FROM and unpacked / packed > MAX_RATIO
    if len(members) > MAX_MEMBERS or unpacked > MAX_UNPACKED_BYTES or too_dense:
        raise InvalidInputError(
            f"The {wanted.noun} unpacks to {unpacked:,} bytes, which is more than a document has.",
            code="document_too_large",
        )


def _members(path: Path) -> list[zipfile.ZipInfo]:
    with zipfile.ZipFile(path) as archive:
        return archive.infolist()


def _holds(members: Sequence[zipfile.ZipInfo], wanted: OfficeFormat) -> bool:
    return any(member.filename.startswith(wanted.part) for member in members)


def _no_archive(path: Path, wanted: OfficeFormat) -> InvalidInputError:
    content = path.read_bytes()
    if not content.startswith(_COMPOUND_MAGIC):
        return _damaged(f"The file is no {wanted.noun} ({wanted.suffix}).")
    if _ENCRYPTED_STREAM in content:
        return _encrypted(wanted)
    return _damaged(f"The file has a format of before 2007: save it as {wanted.suffix}.")


def _encrypted(wanted: OfficeFormat) -> InvalidInputError:
    return InvalidInputError(
        f"The {wanted.noun} is encrypted, so no text was found in it: save it without a password.",
        code="document_encrypted",
    )


def _damaged(message: str) -> InvalidInputError:
    return InvalidInputError(message, code="document_damaged")
