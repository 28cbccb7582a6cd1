"""Tool calls written as text, for models without native tools: `[TOOL: name {"json": "args"}]`."""

import json
import re
from collections.abc import Iterator, Mapping

from pydantic import JsonValue

from simulator.ollama.json_types import JsonObject
from simulator.ollama.responder.prompt import ToolCall

_OPENING = re.compile(r"\[(TOOL|CONFIRM_TOOL)\s*:\s*([A-Za-z_][\w.-]*)\s*")
_PLACEHOLDERS = frozenset(("name", "tool_name", "tool", "toolname", "function_name"))
_LISTED = re.compile(
    r"^[ \t]*[-*•]?[ \t]*[`*\"]*([a-z][a-z0-9]*(?:_[a-z0-9]+)+)[`*\"]*[ \t]*"
    r"(?:\([^)\n]*\))?[ \t]*[:—–-][ \t]*(.*)$",
    re.M,
)
_DECODER = json.JSONDecoder()


def split_text_calls(text: str) -> tuple[str, tuple[ToolCall, ...]]:
    """What a reply says, and the calls written in it."""
    calls: list[ToolCall] = []
    said: list[str] = []
    end = 0
    for match, arguments, close in _written_calls(text):
        said.append(text[end : match.start()])
        calls.append(ToolCall(match[2], arguments))
        end = close
    return " ".join("".join((*said, text[end:])).split()) if calls else text, tuple(calls)


def write_call(call: ToolCall, *, confirmed_first: bool) -> str:
    """A call in the text protocol."""
    word = "CONFIRM_TOOL" if confirmed_first else "TOOL"
    arguments = f" {json.dumps(dict(call.arguments), ensure_ascii=False)}" if call.arguments else ""
    return f"[{word}: {call.name}{arguments}]"


def described_tools(system: str) -> tuple[tuple[JsonObject, ...], frozenset[str]]:
    """The tools that a system prompt describes in words, in the native form, and which need a confirmation.

    Found are JSON schemas (`{"name": …, "parameters": …}`), lines `name: description {schema}`, and the examples
    of the protocol themselves.
    """
    if not _OPENING.search(system):
        return (), frozenset()
    tools: dict[str, JsonObject] = {}
    confirmed: set[str] = set()
    for schema in _objects(system):
        function = schema.get("function") if isinstance(schema.get("function"), dict) else schema
        if (
            isinstance(function, dict)
            and isinstance(name := function.get("name"), str)
            and "parameters" in function
        ):
            tools[name] = function
    for line in _LISTED.finditer(system):
        tools.setdefault(line[1], _listed(line, system))
    for match, arguments, _ in _written_calls(system):
        name = match[2]
        if name in _PLACEHOLDERS:
            continue
        if match[1] == "CONFIRM_TOOL":
            confirmed.add(name)
        tools.setdefault(name, _function(name, name.replace("_", " "), _schema_of_example(arguments)))
    return tuple({"type": "function", "function": tool} for tool in tools.values()), frozenset(confirmed)


def _written_calls(text: str) -> Iterator[tuple[re.Match[str], JsonObject, int]]:
    for match in _OPENING.finditer(text):
        arguments: JsonObject = {}
        end = match.end()
        if text[end : end + 1] == "{":
            try:
                decoded, end = _DECODER.raw_decode(text, end)
            except json.JSONDecodeError:
                continue
            arguments = decoded
        close = text.find("]", end)
        if close >= 0:
            yield match, arguments, close + 1


def _objects(text: str) -> Iterator[JsonObject]:
    position = text.find("{")
    while position >= 0:
        try:
            decoded, end = _DECODER.raw_decode(text, position)
        except json.JSONDecodeError:
            end = position + 1
        else:
            if isinstance(decoded, dict):
                yield decoded
        position = text.find("{", end)


def _listed(line: re.Match[str], system: str) -> JsonObject:
    description = line[2].strip()
    schema: JsonObject = {}
    start = system.find("{", line.start(2))
    next_line = _LISTED.search(system, line.end())
    if (
        start >= 0
        and (next_line is None or start < next_line.start())
        and "[TOOL" not in system[line.start(2) : start]
    ):
        found = next(_objects(system[start:]), {})
        schema = found if "properties" in found else _schema_of_example(found)
        description = description.split("{")[0].strip()
    return _function(line[1], description, schema)


def _function(name: str, description: str, schema: JsonObject) -> JsonObject:
    return {"name": name, "description": description, "parameters": schema}


def _schema_of_example(example: Mapping[str, JsonValue]) -> JsonObject:
    properties: JsonObject = {
        key: {"type": "string", "description": value if isinstance(value, str) else ""}
        for key, value in example.items()
    }
    required: list[JsonValue] = list(example)
    return {"type": "object", "properties": properties, "required": required}
