"""A document ready to be embedded: its text and its chunks, each with the page that it begins on."""

from pydantic import BaseModel, ConfigDict

from config.errors import InvalidInputError
from data.knowledge.chunking import ChunkOptions, TextChunk, chunk_text
from data.knowledge.documents import SourceDocument, make_document
from data.knowledge.extract.extracted import Extracted

MAX_TEXT_CHARS = 10_000_000
MAX_CHUNKS = 12_000
"""Of one document. Retrieval is measured with 10,000 an agent; more would make every question slow."""
_PROBE_CHARS = 60


class PreparedChunk(BaseModel):
    """One chunk, as it will be stored."""

    model_config = ConfigDict(frozen=True)

    title: str
    """The headings that it stands under, or the document's name."""
    text: str
    page: int | None = None
    """The page that it begins on, from 1; None for formats without pages."""


class PreparedDocument(BaseModel):
    """A document with its chunks; it crosses the border between processes as JSON."""

    model_config = ConfigDict(frozen=True)

    name: str
    text: str
    chunks: tuple[PreparedChunk, ...]
    filename: str | None = None
    url: str | None = None
    original_bytes: int | None = None
    """Size of the file or page that the text was taken out of."""

    @property
    def source(self) -> SourceDocument:
        """The document without its chunks."""
        return SourceDocument(self.name, self.text, self.filename)

    @property
    def content_hash(self) -> str:
        """See `SourceDocument.content_hash`."""
        return self.source.content_hash

    @property
    def size_bytes(self) -> int:
        """Size of the original: the file's, or the text's where there is none."""
        return self.source.size_bytes if self.original_bytes is None else self.original_bytes


def prepare_extracted(
    extracted: Extracted,
    options: ChunkOptions,
    *,
    name: str | None = None,
    filename: str | None = None,
    url: str | None = None,
    original_bytes: int | None = None,
) -> PreparedDocument:
    """Cut an extracted text into chunks; blocking.

    Args:
        extracted: Text and pages.
        options: Sizes of chunks.
        name: The document's title; otherwise its own, its first heading, or its file name.
        filename: Where it came from.
        url: Where it came from.
        original_bytes: Size of what it was extracted from.

    Raises:
        InvalidInputError: `document_empty`, or `document_too_large`: more text or chunks than one may have.
    """
    document = make_document(extracted.text, name=name or extracted.title, filename=filename)
    return prepare_document(document, options, extracted, url=url, original_bytes=original_bytes)


def prepare_document(
    document: SourceDocument,
    options: ChunkOptions,
    extracted: Extracted | None = None,
    *,
    url: str | None = None,
    original_bytes: int | None = None,
) -> PreparedDocument:
    """`prepare_extracted`, for a document that has its name already."""
    if len(document.text) > MAX_TEXT_CHARS:
        raise _too_large(f"has {len(document.text):,} characters of text; one may have {MAX_TEXT_CHARS:,}")
    pieces = chunk_text(document.name, document.text, options)
    if not pieces:
        raise InvalidInputError(f"{document.name} is empty.", code="document_empty")
    if len(pieces) > MAX_CHUNKS:
        raise _too_large(f"makes {len(pieces):,} chunks; one may make {MAX_CHUNKS:,}")
    pages = _pages(document.text, pieces, extracted) if extracted and extracted.page_starts else {}
    chunks = tuple(
        PreparedChunk(
            title=" > ".join(piece.title_path) or document.name, text=piece.text, page=pages.get(piece.position)
        )
        for piece in pieces
    )
    return PreparedDocument(
        name=document.name,
        text=document.text,
        chunks=chunks,
        filename=document.filename,
        url=url,
        original_bytes=original_bytes,
    )


def _pages(text: str, pieces: tuple[TextChunk, ...], extracted: Extracted) -> dict[int, int]:
    """The page of each chunk: bodies stand in the text in their order, so each is looked for after the last."""
    pages: dict[int, int] = {}
    cursor = 0
    for piece in pieces:
        probe = piece.body.split("\n", 1)[0][:_PROBE_CHARS]
        found = text.find(probe, cursor)
        if found >= 0:
            cursor = found + len(probe)
        page = extracted.page_at(found if found >= 0 else cursor)
        if page is not None:
            pages[piece.position] = page
    return pages


def _too_large(problem: str) -> InvalidInputError:
    return InvalidInputError(f"The document {problem}. Divide it.", code="document_too_large")
