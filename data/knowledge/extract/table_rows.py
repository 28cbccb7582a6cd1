"""Rows of cells into Markdown: the first row names the columns."""

from collections.abc import Sequence

from config.errors import InvalidInputError
from data.knowledge.extract.records import records_to_markdown

MAX_COLUMNS = 200


def rows_to_markdown(rows: Sequence[Sequence[str]], noun: str) -> str:
    """One text of a table; of one that has no rows but the first, the names of its columns.

    Args:
        rows: As they are in the file, without empty ones; may differ in length.
        noun: What the table is, for a message.

    Raises:
        InvalidInputError: `document_damaged`: it has more columns than one may have.
    """
    if not rows:
        return ""
    width = max(map(len, rows))
    if width > MAX_COLUMNS:
        raise InvalidInputError(f"{noun} may have {MAX_COLUMNS} columns.", code="document_damaged")
    header, *body = rows
    names = _unique([name.strip() or f"Column {index}" for index, name in enumerate(header, 1)])
    names += [f"Column {index}" for index in range(len(names) + 1, width + 1)]
    records = [dict(zip(names, row, strict=False)) for row in body]
    return records_to_markdown(records) if records else "\n".join(names)


def _unique(names: list[str]) -> list[str]:
    seen: set[str] = set()
    unique: list[str] = []
    for index, name in enumerate(names, 1):
        unique.append(f"{name} ({index})" if name in seen else name)
        seen.add(name)
    return unique
