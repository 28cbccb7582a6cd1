"""CSV (and TSV) into Markdown; the first line names the columns."""

import csv
import io

from config.errors import InvalidInputError
from data.knowledge.extract.extracted import Extracted
from data.knowledge.extract.records import records_to_markdown

MAX_COLUMNS = 200
MAX_CELL_CHARS = 100_000
_SAMPLE_CHARS = 16_384
_DELIMITERS = ",;\t|"


def csv_to_markdown(text: str) -> Extracted:
    """Take the rows out of a table.

    Raises:
        InvalidInputError: `document_damaged`: it is no table, or a cell never ends.
    """
    csv.field_size_limit(MAX_CELL_CHARS)
    sample = text[:_SAMPLE_CHARS]
    try:
        dialect: type[csv.Dialect] | csv.Dialect = csv.Sniffer().sniff(sample, _DELIMITERS)
    except csv.Error:
        dialect = csv.excel
    try:
        rows = [row for row in csv.reader(io.StringIO(text, newline=""), dialect) if any(map(str.strip, row))]
    except csv.Error as error:
        raise InvalidInputError(f"The CSV file cannot be read: {error}.", code="document_damaged") from error
    if not rows:
        return Extracted("")
    if max(map(len, rows)) > MAX_COLUMNS:
        raise InvalidInputError(f"A CSV file may have {MAX_COLUMNS} columns.", code="document_damaged")
    header, *body = rows
    names = _unique([name.strip() or f"Column {index}" for index, name in enumerate(header, 1)])
    width = max(map(len, rows))
    names += [f"Column {index}" for index in range(len(names) + 1, width + 1)]
    records = [dict(zip(names, row, strict=False)) for row in body]
    return Extracted(records_to_markdown(records) if records else "\n".join(names))


def _unique(names: list[str]) -> list[str]:
    seen: set[str] = set()
    unique: list[str] = []
    for index, name in enumerate(names, 1):
        unique.append(f"{name} ({index})" if name in seen else name)
        seen.add(name)
    return unique
