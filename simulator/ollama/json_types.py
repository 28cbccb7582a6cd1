"""The JSON types that every module of the stand-in shares."""

from typing import TypeAlias

from pydantic import JsonValue

JsonObject: TypeAlias = dict[str, JsonValue]
"""A decoded JSON object."""
