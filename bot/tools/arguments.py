"""Tool arguments as pydantic models: one source for the schema the model sees and the check it must pass."""

from collections.abc import Mapping
from functools import cache
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError
from pydantic_core import ErrorDetails

from bot.tools.tool import ToolArgumentsError


class ToolArguments(BaseModel):
    """Base of every tool's arguments.

    Keys that the schema does not have are ignored: small models invent some, and they harm nobody.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", str_strip_whitespace=True)


ArgumentsModel = TypeVar("ArgumentsModel", bound=ToolArguments)


def parse_arguments(model: type[ArgumentsModel], arguments: Mapping[str, JsonValue]) -> ArgumentsModel:
    """Validate `arguments` as `model`.

    An explicit null counts as absent, as models often spell out what they leave open.

    Raises:
        ToolArgumentsError: With one sentence that names every wrong argument.
    """
    given = {name: value for name, value in arguments.items() if value is not None}
    try:
        return model.model_validate(given)
    except ValidationError as error:
        problems = error.errors(include_url=False, include_input=False)
        wrong = "; ".join(_readable(problem) for problem in problems)
        raise ToolArgumentsError(f"Invalid arguments: {wrong}.") from error


@cache
def arguments_schema(model: type[ToolArguments]) -> dict[str, JsonValue]:
    """The JSON schema of `model`, reduced to the keywords that chat models and Ollama understand.

    Made once for each model, as every call asks for it; so it is not to be changed.
    """
    schema = model.model_json_schema()
    properties = {
        name: {key: value for key, value in field.items() if key in _KEYWORDS}
        for name, field in schema.get("properties", {}).items()
    }
    return {"type": "object", "properties": properties, "required": schema.get("required", [])}


_KEYWORDS = frozenset({"type", "description", "enum", "items"})


def _readable(problem: ErrorDetails) -> str:
    where = ".".join(str(part) for part in problem["loc"]) or "arguments"
    if problem["type"] == "missing":
        return f"{where} is missing, ask the caller for it"
    return f"{where}: {problem['msg'].removeprefix('Value error, ').rstrip('.')}"
