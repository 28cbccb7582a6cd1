"""Documents as text, before they are chunked; and short text files read without a process of their own."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from config.errors import InvalidInputError
from data.knowledge.document_files import find_files
from data.knowledge.extract.plain_text import decode_text
from data.knowledge.text_blocks import first_title

SUFFIXES = frozenset({".txt", ".text", ".md", ".markdown"})
MAX_DOCUMENT_BYTES = 5_000_000


@dataclass(frozen=True, slots=True)
class SourceDocument:
    """A document as it was read, before it is stored.

    Attributes:
        name: Title for people: its first heading, else its file name in words.
        text: Its text; lines end in a line feed.
        filename: Path inside the folder it came from; None for text that was never a file.
    """

    name: str
    text: str
    filename: str | None = None

    @property
    def content_hash(self) -> str:
        """SHA-256 of its text, hexadecimal; equal texts are one document."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def size_bytes(self) -> int:
        """Length of its text in UTF-8."""
        return len(self.text.encode())


@dataclass(frozen=True, slots=True)
class LoadedDocuments:
    """The documents of a file or folder.

    Attributes:
        documents: Sorted by path.
        skipped: Files that are no documents we can read, as paths inside the folder; to be shown.
    """

    documents: tuple[SourceDocument, ...]
    skipped: tuple[str, ...] = ()


def load_documents(path: Path) -> LoadedDocuments:
    """Read a text document, or all text documents of a folder and the folders in it; blocking.

    A folder that holds `config.json` and `knowledge/` is an organization: only `knowledge/` is read. Hidden
    files and links that lead out of the folder are left out.

    Raises:
        NotFoundError: Nothing is there.
        InvalidInputError: A file is too large, empty or no text; there is no document; there are too many.
    """
    found = find_files(path, SUFFIXES)
    return LoadedDocuments(tuple(read_document(file.path, file.filename) for file in found.files), found.skipped)


def read_document(path: Path, filename: str) -> SourceDocument:
    """Read one file; blocking.

    Raises:
        InvalidInputError: It is too large, empty, or no text.
    """
    size = path.stat().st_size
    if size > MAX_DOCUMENT_BYTES:
        raise InvalidInputError(
            f"{filename} has {size:,} bytes; a document may have {MAX_DOCUMENT_BYTES:,}. Divide it.",
            code="document_too_large",
        )
    with path.open("rb") as file:
        # The file may have grown since it was measured.
        content = file.read(MAX_DOCUMENT_BYTES + 1)[:MAX_DOCUMENT_BYTES]
    return make_document(decode_text(content, filename), filename=filename)


def make_document(text: str, *, name: str | None = None, filename: str | None = None) -> SourceDocument:
    """Make a document of a text.

    Args:
        text: Markdown or plain text.
        name: Its title; without one its first heading, else its file name in words.
        filename: Where it came from.

    Raises:
        InvalidInputError: There is nothing but white space in it.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    if not text.strip():
        raise InvalidInputError(f"{filename or name or 'The document'} is empty.", code="document_empty")
    stem = Path(filename).stem.replace("_", " ").replace("-", " ").strip().capitalize() if filename else ""
    return SourceDocument(name or first_title(text) or stem or "Document", text, filename)
