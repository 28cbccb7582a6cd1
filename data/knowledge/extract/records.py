"""Rows of a table or of JSON into Markdown that is cut well: questions with answers, a table, or sections."""

import re
from collections.abc import Mapping, Sequence

_QUESTION_KEYS = ("question", "q", "frage", "prompt")
_ANSWER_KEYS = ("answer", "a", "antwort", "response", "reply")
_TITLE_KEYS = ("title", "name", "heading", "topic", "product", "id")
_MAX_TABLE_COLUMNS = 6
_MAX_TABLE_ROW_CHARS = 240
_SPACE = re.compile(r"\s+")


def records_to_markdown(records: Sequence[Mapping[str, str]]) -> str:
    """One text of all records.

    Records with a question and an answer become labelled pairs, each of which stays one chunk. Narrow records
    become one table, whose header is repeated in each chunk. Wide ones become a section each.

    Args:
        records: Columns by name, in order; every value a text.
    """
    if not records:
        return ""
    columns = list(dict.fromkeys(name for record in records for name in record))
    question, answer = _key(columns, _QUESTION_KEYS), _key(columns, _ANSWER_KEYS)
    if question and answer:
        return "\n\n".join(filter(None, (_pair(record, question, answer) for record in records)))
    longest = max(sum(len(value) for value in record.values()) for record in records)
    if len(columns) <= _MAX_TABLE_COLUMNS and longest <= _MAX_TABLE_ROW_CHARS:
        return _table(columns, records)
    title = _key(columns, _TITLE_KEYS) or columns[0]
    return "\n\n".join(_section(record, title) for record in records)


def _key(columns: Sequence[str], wanted: Sequence[str]) -> str | None:
    by_word = {column.strip().casefold(): column for column in columns}
    return next((by_word[word] for word in wanted if word in by_word), None)


def _pair(record: Mapping[str, str], question: str, answer: str) -> str:
    asked, answered = (_line(record.get(key, "")) for key in (question, answer))
    if not answered:
        return ""
    more = "".join(
        f" ({_line(name)}: {_line(value)})"
        for name, value in record.items()
        if name not in (question, answer) and value.strip()
    )
    return f"Q: {asked}\nA: {answered}{more}"


def _table(columns: Sequence[str], records: Sequence[Mapping[str, str]]) -> str:
    lines = [_row(columns), "|" + " --- |" * len(columns)]
    lines += [_row([record.get(column, "") for column in columns]) for record in records]
    return "\n".join(lines)


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(_line(cell).replace("|", "/") for cell in cells) + " |"


def _section(record: Mapping[str, str], title: str) -> str:
    lines = [f"## {_line(record.get(title, '')) or 'Entry'}", ""]
    lines += [
        f"{_line(name)}: {value.strip()}" for name, value in record.items() if value.strip() and name != title
    ]
    return "\n".join(lines)


def _line(text: str) -> str:
    return _SPACE.sub(" ", text).strip()
