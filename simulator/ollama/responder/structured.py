"""Fills a JSON schema from the conversation, for requests with `format`."""

import json
from datetime import date

from pydantic import JsonValue

from simulator.ollama.json_types import JsonObject
from simulator.ollama.responder.answering import answer
from simulator.ollama.responder.filling import Said, fill
from simulator.ollama.responder.schema import Kind, Parameter, read_parameters
from simulator.ollama.responder.situation import Situation


def write_json(output_format: JsonValue, situation: Situation) -> str:
    """The reply as JSON: an instance of the schema, or an object with the answer for `"json"`."""
    if not isinstance(output_format, dict):
        return json.dumps({"answer": _spoken_answer(situation)}, ensure_ascii=False)
    return json.dumps(_instance(output_format, situation), ensure_ascii=False)


def _instance(schema: JsonObject, situation: Situation) -> JsonValue:
    options = schema.get("enum")
    if "const" in schema:
        return schema["const"]
    if isinstance(options, list) and options:
        return options[0]
    match schema.get("type"):
        case "array":
            return _items(schema, situation)
        case "string":
            return _spoken_answer(situation)
        case "integer" | "number":
            return _smallest(schema)
        case "boolean":
            return False
        case "null":
            return None
    said = [Said(turn.text) for turn in situation.conversation.turns if turn.role == "user"]
    parameters = read_parameters(schema)
    values = fill(parameters, said, situation.today)
    return {
        p.name: values.get(p.name, _default(p, situation)) for p in parameters if p.required or p.name in values
    } or {p.name: values.get(p.name, _default(p, situation)) for p in parameters}


def _default(parameter: Parameter, situation: Situation) -> JsonValue:
    match parameter.kind:
        case Kind.CHOICE | Kind.OBJECT | Kind.LIST | Kind.NUMBER | Kind.YES_NO:
            return _instance(parameter.schema, situation)
        case Kind.DATE:
            return situation.today.isoformat()
        case Kind.TIME:
            return "00:00:00"
        case Kind.MOMENT:
            return f"{situation.today.isoformat()}T00:00:00Z"
        case Kind.EMAIL:
            return "unknown@example.com"
        case Kind.PHONE | Kind.PERSON:
            return "unknown"
        case Kind.TEXT:
            return _spoken_answer(situation)


def _items(schema: JsonObject, situation: Situation) -> list[JsonValue]:
    least = schema.get("minItems")
    inner = schema.get("items")
    count = least if isinstance(least, int) else 0
    return [_instance(inner if isinstance(inner, dict) else {"type": "string"}, situation) for _ in range(count)]


def _smallest(schema: JsonObject) -> JsonValue:
    least = schema.get("minimum")
    if isinstance(least, int | float):
        return least
    above = schema.get("exclusiveMinimum")
    return above + 1 if isinstance(above, int | float) else 0


def _spoken_answer(situation: Situation) -> str:
    found = answer(situation.said, situation.conversation.passages)
    return found.text if found else situation.said.strip()[:500] or date.today().isoformat()  # noqa: DTZ011
