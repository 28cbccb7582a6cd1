"""JSON into Markdown: records, questions with answers, and any other nesting as headings and lines."""

import json
from collections.abc import Iterator

from pydantic import JsonValue

from config.errors import InvalidInputError
from data.knowledge.extract.extracted import Extracted
from data.knowledge.extract.records import records_to_markdown

MAX_DEPTH = 30
_DEEPEST_HEADING = 6


def json_to_markdown(text: str) -> Extracted:
    """Take what a JSON text says out of its marks; JSON lines are a list.

    Raises:
        InvalidInputError: `document_damaged`: it is no JSON, or nested too deeply.
    """
    value = _parse(text)
    title = None
    if isinstance(value, dict) and isinstance(value.get("title"), str):
        title = str(value.pop("title"))
    return Extracted("\n\n".join(part for part in _blocks(value, 1) if part).strip(), title)


def _parse(text: str) -> JsonValue:
    try:
        value: JsonValue = json.loads(text)
    except RecursionError as error:
        raise InvalidInputError("The JSON file is nested too deeply.", code="document_damaged") from error
    except json.JSONDecodeError as error:
        lines = [line for line in text.splitlines() if line.strip()]
        try:
            rows: list[JsonValue] = [json.loads(line) for line in lines] if len(lines) > 1 else []
        except (json.JSONDecodeError, RecursionError):
            rows = []
        if not rows:
            raise InvalidInputError(
                f"The file is no JSON (line {error.lineno}: {error.msg}).", code="document_damaged"
            ) from error
        return rows
    return value


def _blocks(value: JsonValue, level: int) -> Iterator[str]:
    if level > MAX_DEPTH:
        raise InvalidInputError("The JSON file is nested too deeply.", code="document_damaged")
    if isinstance(value, list):
        yield from _list(value, level)
    elif isinstance(value, dict):
        scalars = [f"{key}: {_scalar(item)}" for key, item in value.items() if _is_scalar(item)]
        yield "\n".join(scalars)
        for key, item in value.items():
            if not _is_scalar(item):
                yield f"{'#' * min(level, _DEEPEST_HEADING)} {key}"
                yield from _blocks(item, level + 1)
    else:
        yield _scalar(value)


def _list(values: list[JsonValue], level: int) -> Iterator[str]:
    records = [_flat(item) for item in values if isinstance(item, dict)]
    if records and len(records) == len(values) and all(record is not None for record in records):
        yield records_to_markdown([record for record in records if record is not None])
    elif all(_is_scalar(item) for item in values):
        yield "\n".join(f"- {_scalar(item)}" for item in values)
    else:
        for item in values:
            yield from _blocks(item, level + 1)


def _flat(item: dict[str, JsonValue]) -> dict[str, str] | None:
    """A record's values as texts; None if it holds more than scalars and lists of them."""
    record: dict[str, str] = {}
    for key, value in item.items():
        if _is_scalar(value):
            record[key] = _scalar(value)
        elif isinstance(value, list) and all(_is_scalar(part) for part in value):
            record[key] = ", ".join(_scalar(part) for part in value)
        else:
            return None
    return record


def _is_scalar(value: JsonValue) -> bool:
    return not isinstance(value, dict | list)


def _scalar(value: JsonValue) -> str:
    if value is None:
        return ""
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)
