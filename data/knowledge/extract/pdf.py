"""PDF into Markdown: text in reading order (columns too), headings by size of type, ruled tables as tables.

pdfminer's layout analysis puts lines into boxes and boxes into reading order; pdfplumber finds ruled tables.
Neither reads pictures: a scanned page has no text, and that is said.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pdfplumber
from pdfminer.layout import LTChar, LTTextBox, LTTextLine
from pdfminer.pdfdocument import PDFPasswordIncorrect
from pdfminer.pdfexceptions import PDFException
from pdfplumber.page import Page
from pdfplumber.utils.exceptions import PdfminerException

from config.errors import InvalidInputError
from data.knowledge.extract.extracted import Extracted
from data.knowledge.extract.records import records_to_markdown

MAX_PAGES = 3_000
_HEADING_RATIO = 1.15
"""How much larger than the running text the type of a heading is."""
_MAX_HEADING_CHARS = 120
_MARGIN_SHARE = 0.1
"""Of a page's height, at its top and bottom, where running titles stand."""
_REPEATED_ON = 3
_BULLET = re.compile(r"^[•▪●◦‣·∙■–]\s*")
_HYPHEN_END = re.compile(r"(?<=[a-zà-ÿ])[-\u00ad]$")
_DIGITS = re.compile(r"\d+")
_SPACE = re.compile(r"\s+")
_SENTENCE_END = re.compile(r"[.!?:…|]\W*$")


@dataclass(frozen=True, slots=True)
class _Block:
    """A box of text, or a table."""

    text: str
    size: float
    """Of its type, in points; 0 for a table."""
    in_margin: bool
    is_bullet: bool = False


def pdf_to_markdown(path: Path) -> Extracted:
    """Take the text out of a PDF.

    Raises:
        InvalidInputError: `document_encrypted`, `document_damaged`, `document_too_large` (pages), or
            `document_without_text`, as of a scan.
    """
    try:
        with pdfplumber.open(path, laparams={}) as pdf:
            if len(pdf.pages) > MAX_PAGES:
                raise InvalidInputError(f"A PDF may have {MAX_PAGES:,} pages.", code="document_too_large")
            title = pdf.metadata.get("Title") if pdf.metadata else None
            pages = [list(_blocks(page)) for page in _released(pdf.pages)]
    except (PdfminerException, PDFException, PDFPasswordIncorrect) as error:
        raise _refusal(error) from error
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, AssertionError, OSError) as error:
        # pdfminer raises whatever a broken file makes it stumble over.
        raise InvalidInputError("The PDF is damaged.", code="document_damaged") from error
    pages = _without_running_titles(pages)
    if not any(block.text for page in pages for block in page):
        raise InvalidInputError(
            "No text was found in the PDF: it seems to be scanned. Run text recognition (OCR) on it first.",
            code="document_without_text",
        )
    text, starts = _joined(pages)
    return Extracted(text, title if isinstance(title, str) and title.strip() else None, starts)


def _refusal(error: Exception) -> InvalidInputError:
    cause = error.args[0] if isinstance(error, PdfminerException) and error.args else error
    if isinstance(cause, PDFPasswordIncorrect):
        return InvalidInputError(
            "The PDF is encrypted, so no text was found in it: save it without a password.",
            code="document_encrypted",
        )
    return InvalidInputError("The PDF is damaged.", code="document_damaged")


def _released(pages: Sequence[Page]) -> Iterator[Page]:
    """Each page in turn, its parsed objects let go after it: hundreds of pages would not fit into memory."""
    for page in pages:
        yield page
        page.close()


def _blocks(page: Page) -> Iterator[_Block]:
    height = float(page.height)
    tables = page.find_tables() if page.rects or page.lines else []
    tables = [table for table in tables if len(table.rows) > 1]
    waiting = sorted(tables, key=lambda table: table.bbox[1])
    for box in page.layout:
        if not isinstance(box, LTTextBox):
            continue
        top, bottom, middle = height - box.y1, height - box.y0, (box.x0 + box.x1) / 2
        while waiting and waiting[0].bbox[1] <= top and waiting[0].bbox[0] <= middle <= waiting[0].bbox[2]:
            yield _table(waiting.pop(0).extract())
        inside = any(
            table.bbox[0] <= middle <= table.bbox[2] and table.bbox[1] <= (top + bottom) / 2 <= table.bbox[3]
            for table in tables
        )
        if not inside:
            in_margin = bottom < height * _MARGIN_SHARE or top > height * (1 - _MARGIN_SHARE)
            yield from _paragraphs(box, in_margin=in_margin)
    for table in waiting:
        yield _table(table.extract())


def _table(rows: Sequence[Sequence[str | None]]) -> _Block:
    header, *body = [[_SPACE.sub(" ", cell or "").strip() for cell in row] for row in rows]
    names = [name or f"Column {index}" for index, name in enumerate(header, 1)]
    names = [name if name not in names[:index] else f"{name} ({index})" for index, name in enumerate(names)]
    records = [dict(zip(names, row, strict=False)) for row in body]
    return _Block(records_to_markdown(records), 0.0, in_margin=False)


def _paragraphs(box: LTTextBox, *, in_margin: bool) -> Iterator[_Block]:
    """The box, divided where the size of type changes or a list item begins."""
    lines: list[str] = []
    size = 0.0
    for line in box:
        text = _SPACE.sub(" ", line.get_text()).strip()
        if not text:
            continue
        line_size = _size(line)
        if lines and (abs(line_size - size) > 0.5 or _BULLET.match(text)):
            yield _block(lines, size, in_margin=in_margin)
            lines = []
        lines.append(text)
        size = line_size
    if lines:
        yield _block(lines, size, in_margin=in_margin)


def _block(lines: Sequence[str], size: float, *, in_margin: bool) -> _Block:
    text = ""
    for line in lines:
        if _HYPHEN_END.search(text) and line[:1].islower():
            text = text[:-1] + line
        else:
            text = f"{text} {line}" if text else line
    bullet = _BULLET.match(text)
    return _Block(text[bullet.end() :] if bullet else text, size, in_margin, is_bullet=bullet is not None)


def _size(line: LTTextLine) -> float:
    sizes = Counter(round(char.size, 1) for char in line if isinstance(char, LTChar))
    return sizes.most_common(1)[0][0] if sizes else 0.0


def _without_running_titles(pages: list[list[_Block]]) -> list[list[_Block]]:
    """Without what stands at the top or bottom of page after page, page numbers included."""
    seen = Counter(
        key for page in pages for key in {_DIGITS.sub("0", block.text) for block in page if block.in_margin}
    )
    repeated = {key for key, count in seen.items() if count >= max(_REPEATED_ON, len(pages) / 2)}
    return [
        [block for block in page if not (block.in_margin and _DIGITS.sub("0", block.text) in repeated)]
        for page in pages
    ]


def _joined(pages: Sequence[Sequence[_Block]]) -> tuple[str, tuple[int, ...]]:
    levels = _heading_levels(pages)
    parts: list[str] = []
    starts: list[int] = []
    length = 0
    previous: _Block | None = None
    for page in pages:
        starts.append(length)
        for block in page:
            if not block.text:
                continue
            level = levels.get(round(block.size, 1)) if len(block.text) <= _MAX_HEADING_CHARS else None
            mark = "- " if block.is_bullet else f"{'#' * level} " if level else ""
            text = mark + block.text
            separator = _separator(previous, block, is_heading=level is not None) if parts else ""
            parts += [separator, text]
            length += len(separator) + len(text)
            previous = None if level else block
    return "".join(parts), tuple(starts)


def _separator(previous: _Block | None, block: _Block, *, is_heading: bool) -> str:
    """A blank line, or less where a list or a sentence goes on."""
    if previous is None or is_heading or not block.size:
        return "\n\n"
    if previous.is_bullet and block.is_bullet:
        return "\n"
    goes_on = previous.size == block.size and not _SENTENCE_END.search(previous.text) and block.text[:1].islower()
    return "\n" if goes_on else "\n\n"


def _heading_levels(pages: Sequence[Sequence[_Block]]) -> dict[float, int]:
    """Sizes of type that are headings, with their level; the running text has the size of most characters."""
    characters: Counter[float] = Counter()
    for page in pages:
        for block in page:
            if block.size:
                characters[round(block.size, 1)] += len(block.text)
    if not characters:
        return {}
    running = characters.most_common(1)[0][0]
    larger = sorted((size for size in characters if size >= running * _HEADING_RATIO), reverse=True)
    return {size: min(level, 4) for level, size in enumerate(larger, 1)}
