"""Small operations on JSON values, shared by everything that merges or compares request bodies.

They treat a body as PATCH does: objects merge key by key, lists are replaced whole, null removes.
"""

import json
import math
from collections.abc import Mapping, Sequence

from pydantic import JsonValue

JsonObject = dict[str, JsonValue]
Path = tuple[str, ...]

MAX_DEPTH = 32
"""How deeply a request body may nest; ElevenLabs' deepest agent needs 12."""

_MISSING = object()


def same_json(left: JsonValue, right: JsonValue) -> bool:
    """True when both would be written as the same JSON (so `1` and `true` differ, key order does not)."""
    return json.dumps(left, sort_keys=True) == json.dumps(right, sort_keys=True)


def merge(stored: JsonValue, change: JsonValue) -> JsonValue:
    """The stored value after a change, as a new value: recursive for objects, null removes a key."""
    if not isinstance(stored, dict) or not isinstance(change, dict):
        return without_nulls(change)
    merged: JsonObject = dict(stored)
    for key, value in change.items():
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = merge(merged.get(key), value)
    return merged


def without_nulls(value: JsonValue) -> JsonValue:
    """The value with null members of its objects left out; what is inside lists stays as it is."""
    if not isinstance(value, dict):
        return value
    return {key: without_nulls(item) for key, item in value.items() if item is not None}


def overlay(base: JsonValue, top: JsonValue) -> JsonValue:
    """`top` laid over `base`: recursive for objects, otherwise top wins, nulls included."""
    if not isinstance(base, dict) or not isinstance(top, dict):
        return top
    merged: JsonObject = dict(base)
    for key, value in top.items():
        merged[key] = overlay(merged[key], value) if key in merged else value
    return merged


def difference(given: JsonObject, shown: Mapping[str, JsonValue]) -> JsonObject:
    """The part of `given` that says something other than `shown`.

    A null for something that is not shown says nothing, and is left out.
    """
    changed: JsonObject = {}
    for key, value in given.items():
        current = shown.get(key)
        if isinstance(value, dict) and isinstance(current, dict):
            inner = difference(value, current)
            if inner:
                changed[key] = inner
        elif not same_json(value, current):
            changed[key] = value
    return changed


def has_path(tree: JsonValue, path: Path) -> bool:
    """True when the path leads to a value, null included."""
    return _walk(tree, path) is not _MISSING


def get_path(tree: JsonValue, path: Path) -> JsonValue:
    """The value at the path, or None where it leads nowhere."""
    value = _walk(tree, path)
    return None if value is _MISSING else value  # type: ignore[return-value]


def set_path(tree: JsonObject, path: Path, value: JsonValue) -> None:
    """Put a value at the path, in place, making objects on the way.

    Raises:
        TypeError: Something on the way is not an object.
    """
    for key in path[:-1]:
        inner = tree.setdefault(key, {})
        if not isinstance(inner, dict):
            raise TypeError(f"{key} is not an object")
        tree = inner
    tree[path[-1]] = value


def drop_path(tree: JsonObject, path: Path) -> None:
    """Remove what is at the path, in place; nothing happens where it leads nowhere."""
    parent = _walk(tree, path[:-1])
    if isinstance(parent, dict):
        parent.pop(path[-1], None)


def copy_json(value: JsonValue) -> JsonValue:
    """A deep copy that shares no list or object with the original."""
    if isinstance(value, dict):
        return {key: copy_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [copy_json(item) for item in value]
    return value


def require_storable(body: object) -> None:
    """Refuse what parses as JSON in Python but cannot be stored and shown again.

    Raises:
        ValueError: NaN or an infinity, a NUL character or an unpaired surrogate in a text (PostgreSQL and
            UTF-8 have none), or nesting beyond `MAX_DEPTH`.
    """
    pending: list[tuple[object, int]] = [(body, 0)]
    while pending:
        value, depth = pending.pop()
        if depth > MAX_DEPTH:
            raise ValueError(f"The body nests deeper than {MAX_DEPTH} levels.")
        if isinstance(value, str):
            _require_storable_text(value)
        elif isinstance(value, float) and not math.isfinite(value):
            raise ValueError("Numbers must be finite: NaN and Infinity are not JSON.")
        elif isinstance(value, Mapping):
            pending.extend((part, depth + 1) for item in value.items() for part in item)
        elif isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
            pending.extend((item, depth + 1) for item in value)


def _require_storable_text(text: str) -> None:
    if "\x00" in text:
        raise ValueError("Text must not contain the NUL character.")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError("Text must not contain unpaired surrogates.") from error


def _walk(tree: JsonValue, path: Path) -> object:
    value: object = tree
    for key in path:
        if not isinstance(value, dict) or key not in value:
            return _MISSING
        value = value[key]
    return value
