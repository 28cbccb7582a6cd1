"""Tools and their parameters, read out of JSON schemas."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from pydantic import JsonValue

from simulator.ollama.json_types import JsonObject
from simulator.ollama.responder.words import tokens


class Kind(StrEnum):
    """What sort of value a parameter takes, judged by type, format, name and description."""

    CHOICE = "choice"
    YES_NO = "yes_no"
    DATE = "date"
    TIME = "time"
    MOMENT = "moment"
    EMAIL = "email"
    PHONE = "phone"
    PERSON = "person"
    NUMBER = "number"
    LIST = "list"
    OBJECT = "object"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a tool."""

    name: str
    kind: Kind
    description: str
    required: bool
    schema: JsonObject

    @property
    def choices(self) -> tuple[JsonValue, ...]:
        """The values of an `enum`."""
        values = self.schema.get("enum")
        return tuple(values) if isinstance(values, list) else ()

    @property
    def words(self) -> str:
        """The name as words: `party_size` is `party size`."""
        return split_name(self.name)


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """One tool."""

    name: str
    description: str
    parameters: tuple[Parameter, ...]

    @property
    def name_words(self) -> tuple[str, ...]:
        """The words of its name."""
        return tuple(tokens(split_name(self.name)))


def split_name(name: str) -> str:
    """`bookAppointment`, `book_appointment` and `book-appointment` as `book appointment`."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
    return re.sub(r"[\s_.-]+", " ", spaced).lower().strip()


def read_tools(tools: Sequence[JsonObject]) -> tuple[ToolSpec, ...]:
    """The tools of a request; what is no tool is passed over."""
    found: list[ToolSpec] = []
    for tool in tools:
        inner = tool.get("function")
        function = inner if isinstance(inner, dict) else tool
        name = function.get("name")
        if isinstance(name, str):
            schema = function.get("parameters")
            parameters = read_parameters(schema) if isinstance(schema, dict) else ()
            found.append(ToolSpec(name, _text(function.get("description")), parameters))
    return tuple(found)


def read_parameters(schema: JsonObject) -> tuple[Parameter, ...]:
    """The properties of an object schema, in their order."""
    properties = schema.get("properties")
    required = schema.get("required")
    needed = required if isinstance(required, list) else []
    if not isinstance(properties, dict):
        return ()
    definitions = schema.get("$defs")
    found: list[Parameter] = []
    for name, raw in properties.items():
        value = _resolved(raw, definitions if isinstance(definitions, dict) else {})
        description = _text(value.get("description"))
        found.append(Parameter(name, _kind(name, description, value), description, name in needed, value))
    return tuple(found)


def _resolved(raw: JsonValue, definitions: JsonObject) -> JsonObject:
    if not isinstance(raw, dict):
        return {}
    reference = raw.get("$ref")
    if isinstance(reference, str):
        target = definitions.get(reference.rsplit("/", 1)[-1])
        return {**target, **raw} if isinstance(target, dict) else raw
    options = raw.get("anyOf")
    if isinstance(options, list):
        real = next((o for o in options if isinstance(o, dict) and o.get("type") != "null"), None)
        return {**_resolved(real, definitions), **raw} if real is not None else raw
    return raw


_PATTERNS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    (Kind.EMAIL, re.compile(r"\be ?mail\b")),
    (Kind.PHONE, re.compile(r"\b(?:phone|telephone|mobile|cell|callback number|call back number)\b")),
    (
        Kind.MOMENT,
        re.compile(r"\b(?:datetime|date time|date and time|starts? at|start time and date|timestamp|when)\b"),
    ),
    (Kind.DATE, re.compile(r"\b(?:date|day|birthday)\b")),
    (Kind.TIME, re.compile(r"\b(?:time|hour)\b")),
    (
        Kind.PERSON,
        re.compile(
            r"^(?:(?:full|first|last|customer|caller|client|patient|guest|contact|person|user|your) )*name$"
        ),
    ),
)


def _kind(name: str, description: str, schema: JsonObject) -> Kind:
    types = schema.get("type")
    kind = next((t for t in types if t != "null"), None) if isinstance(types, list) else types
    words = split_name(name)
    if isinstance(schema.get("enum"), list):
        return Kind.CHOICE
    if kind == "boolean":
        return Kind.YES_NO
    if kind in ("integer", "number"):
        return Kind.NUMBER
    if kind == "array":
        return Kind.LIST
    if kind == "object":
        return Kind.OBJECT
    match schema.get("format"):
        case "date":
            return Kind.DATE
        case "time":
            return Kind.TIME
        case "date-time":
            return Kind.MOMENT
        case "email":
            return Kind.EMAIL
    if re.search(r"\bdate and time\b|iso[ -]?8601 (?:date-?time|timestamp)", description, re.I):
        return Kind.MOMENT
    return next((found for found, pattern in _PATTERNS if pattern.search(words)), Kind.TEXT)


def _text(value: JsonValue) -> str:
    return value if isinstance(value, str) else ""
