"""Read documents from disk: what may be read, how large it may be, and what is said when it may not."""

import codecs
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from config.errors import InvalidInputError, NotFoundError
from data.knowledge.text_blocks import first_title

SUFFIXES = frozenset({".txt", ".text", ".md", ".markdown"})
MAX_DOCUMENT_BYTES = 5_000_000
MAX_DOCUMENTS = 1_000
ORGANIZATION_FILE = "config.json"
KNOWLEDGE_FOLDER = "knowledge"

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


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
    """Read a document, or all documents of a folder and the folders in it; blocking.

    A folder that holds `config.json` and `knowledge/` is an organization: only `knowledge/` is read. Hidden
    files and links that lead out of the folder are left out.

    Raises:
        NotFoundError: Nothing is there.
        InvalidInputError: A file is too large, empty or no text; there is no document; there are too many.
    """
    if path.is_file():
        if path.suffix.lower() not in SUFFIXES:
            raise InvalidInputError(
                f"{path.name} is no text or Markdown file ({', '.join(sorted(SUFFIXES))}).",
                code="unsupported_document_type",
            )
        return LoadedDocuments((read_document(path, path.name),))
    if not path.is_dir():
        raise NotFoundError(f"There is no file or folder {path}.", code="document_not_found")
    root = path
    if (path / ORGANIZATION_FILE).is_file() and (path / KNOWLEDGE_FOLDER).is_dir():
        root = path / KNOWLEDGE_FOLDER
    return _load_folder(root)


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


def decode_text(content: bytes, filename: str) -> str:
    """The text of a file: by its byte order mark, else UTF-8, else Windows-1252.

    Raises:
        InvalidInputError: It is none of these, such as a picture or a program.
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


def _load_folder(root: Path) -> LoadedDocuments:
    documents: list[SourceDocument] = []
    skipped: list[str] = []
    for file in _files(root):
        filename = file.relative_to(root).as_posix()
        if file.suffix.lower() not in SUFFIXES:
            skipped.append(filename)
            continue
        if len(documents) == MAX_DOCUMENTS:
            raise InvalidInputError(
                f"There are more than {MAX_DOCUMENTS:,} documents in {root}.", code="too_many_documents"
            )
        documents.append(read_document(file, filename))
    if not documents:
        raise InvalidInputError(
            f"There is no document in {root} ({', '.join(sorted(SUFFIXES))}).", code="no_documents"
        )
    return LoadedDocuments(tuple(documents), tuple(skipped))


def _files(root: Path) -> Iterator[Path]:
    inside = root.resolve()
    for file in sorted(root.rglob("*")):
        hidden = any(part.startswith(".") for part in file.relative_to(root).parts)
        if not hidden and file.is_file() and file.resolve().is_relative_to(inside):
            yield file
