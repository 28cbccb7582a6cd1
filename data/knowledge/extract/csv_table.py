"""CSV (and TSV) into Markdown; the first line names the columns."""

import csv
import io

from config.errors import InvalidInputError
from data.knowledge.extract.extracted import Extracted
from data.knowledge.extract.table_rows import rows_to_markdown

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
    return Extracted(rows_to_markdown(rows, "A CSV file"))
