"""Excel workbooks (XLSX) into Markdown: each sheet that is shown is a table whose first row names the columns.

openpyxl reads cell by cell. What it holds in memory are the shared texts and the rows that are kept, both bounded:
a few bytes of a file can name a text of megabytes a million times, or a row that is a thousand million rows away.
"""

import re
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Protocol
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook

from config.errors import InvalidInputError
from data.knowledge.extract.cell_text import CellValue, cell_text
from data.knowledge.extract.extracted import Extracted
from data.knowledge.extract.office_archive import EXCEL, require_harmless
from data.knowledge.extract.table_rows import rows_to_markdown

MAX_CELLS = 20_000_000
"""Empty ones included, of all sheets together: a minute's work."""
MAX_ROWS = 1_048_576
"""Of a sheet, as Excel allows."""
MAX_CHARS = 10_000_000
"""Of all cells; as many as the text of a document may have."""
_CELL_CHARS = 3
"""What a cell takes beside its text: the bars of a table."""
_NAMED_BY_PROGRAM = re.compile(r"(?:Sheet|Tabelle|Feuil|Hoja|Foglio|Blad|Planilha)\s?\d*", re.IGNORECASE)
_VISIBLE = "visible"
_ERROR = "e"
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    ParseError,
    LookupError,
    ArithmeticError,
    ValueError,
    TypeError,
    AttributeError,
    AssertionError,
    EOFError,
    OSError,
    NotImplementedError,
)
"""openpyxl raises whatever a broken file makes it stumble over."""


class _Cell(Protocol):
    """What is needed of openpyxl's cells."""

    @property
    def value(self) -> CellValue: ...

    @property
    def data_type(self) -> str: ...

    @property
    def number_format(self) -> str | None: ...


class _Sheet(Protocol):
    """What is needed of openpyxl's sheets."""

    @property
    def title(self) -> str: ...

    @property
    def sheet_state(self) -> str: ...

    def reset_dimensions(self) -> None: ...

    def iter_rows(self) -> Iterable[Sequence[_Cell]]: ...


class _Budget:
    """Counts what was read of a workbook, and refuses more than one may have."""

    def __init__(self) -> None:
        self._cells = 0
        self._chars = 0

    def take_row(self, width: int) -> None:
        """Count the cells of a row, before they are looked at."""
        self._cells += width
        if self._cells > MAX_CELLS:
            raise _too_large(f"{MAX_CELLS:,} cells")

    def take_text(self, text: str) -> None:
        """Count the text of a cell that is kept."""
        self._chars += len(text) + _CELL_CHARS
        if self._chars > MAX_CHARS:
            raise _too_large(f"{MAX_CHARS:,} characters")


def xlsx_to_markdown(path: Path) -> Extracted:
    """Take the tables out of an Excel workbook; formulas give what they gave when it was saved.

    Hidden sheets are left out. A sheet's name is its heading if there are several and a person named it.

    Raises:
        InvalidInputError: `document_damaged`, `document_encrypted` or `document_too_large`.
    """
    require_harmless(path, EXCEL)
    try:
        with path.open("rb") as file, warnings.catch_warnings():
            # Of what it would lose if it wrote the file again, such as drop-down lists.
            warnings.simplefilter("ignore")
            workbook = load_workbook(file, read_only=True, data_only=True, keep_links=False)
            title = workbook.properties.title
            sheets = list(_sheets(workbook.worksheets))
    except _DAMAGE as error:
        raise InvalidInputError("The Excel workbook is damaged.", code="document_damaged") from error
    return Extracted("\n\n".join(_headed(sheets)), title.strip() or None if isinstance(title, str) else None)


def _sheets(worksheets: Iterable[_Sheet]) -> Iterator[tuple[str, str]]:
    """Name and text of each sheet that shows something."""
    budget = _Budget()
    for sheet in worksheets:
        if sheet.sheet_state == _VISIBLE:
            text = _sheet_text(_rows(sheet, budget))
            if text:
                yield sheet.title, text


def _headed(sheets: Sequence[tuple[str, str]]) -> Iterator[str]:
    for name, text in sheets:
        if len(sheets) > 1 and not _NAMED_BY_PROGRAM.fullmatch(name.strip()):
            yield f"# {' '.join(name.split())}"
        yield text


def _rows(sheet: _Sheet, budget: _Budget) -> list[list[str]]:
    """The rows that hold something, each up to its last cell that does."""
    # What a file says of its size need not be true.
    sheet.reset_dimensions()
    rows: list[list[str]] = []
    for number, cells in enumerate(sheet.iter_rows(), 1):
        if number > MAX_ROWS:
            raise _too_large(f"{MAX_ROWS:,} rows in a sheet")
        budget.take_row(len(cells))
        texts = [_text(cell) for cell in cells]
        while texts and not texts[-1]:
            texts.pop()
        for text in texts:
            budget.take_text(text)
        if texts:
            rows.append(texts)
    return rows


def _text(cell: _Cell) -> str:
    if cell.value is None or cell.data_type == _ERROR:
        return ""
    is_number = isinstance(cell.value, int | float)
    return cell_text(cell.value, cell.number_format if is_number else None).strip()


def _sheet_text(rows: list[list[str]]) -> str:
    """A sheet's table, below the lines that stand over it, such as a title; without the columns that are empty."""
    used = sorted({index for row in rows for index, text in enumerate(row) if text})
    table = [[row[index] for index in used if index < len(row)] for row in rows]
    over = 0
    while len(used) > 1 and over < len(table) and sum(map(bool, table[over])) == 1:
        over += 1
    lines = [" ".join("".join(row).split()) for row in table[:over]]
    return "\n\n".join(filter(None, [*lines, rows_to_markdown(table[over:], "An Excel sheet")]))


def _too_large(limit: str) -> InvalidInputError:
    return InvalidInputError(f"The Excel workbook has more than {limit}. Divide it.", code="document_too_large")
