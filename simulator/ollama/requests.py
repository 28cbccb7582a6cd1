"""The request bodies of Ollama's native API, as its server reads them: unknown keys are ignored."""

from collections.abc import Mapping
from typing import Annotated, TypeVar

import orjson
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, JsonValue, ValidationError

from simulator.ollama.errors import OllamaError
from simulator.ollama.json_types import JsonObject
from simulator.ollama.responder.prompt import Message, ToolCall


def _empty_if_none(value: object) -> object:
    return "" if value is None else value


def _empty_list_if_none(value: object) -> object:
    return () if value is None else value


def _empty_object_if_none(value: object) -> object:
    return {} if value is None else value


_Text = Annotated[str, BeforeValidator(_empty_if_none)]


class _Wire(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class WireFunction(_Wire):
    """`function` of a tool call."""

    name: str
    arguments: Annotated[JsonObject, BeforeValidator(_empty_object_if_none)] = Field(default_factory=dict)


class WireToolCall(_Wire):
    """One tool call of an assistant's message."""

    function: WireFunction


class WireMessage(_Wire):
    """One message of `/api/chat`."""

    role: str
    content: _Text = ""
    thinking: _Text = ""
    images: Annotated[tuple[str, ...], BeforeValidator(_empty_list_if_none)] = ()
    tool_calls: Annotated[tuple[WireToolCall, ...], BeforeValidator(_empty_list_if_none)] = ()
    tool_name: _Text = ""

    def to_message(self) -> Message:
        """The message as the responder reads it."""
        calls = tuple(ToolCall(call.function.name, call.function.arguments) for call in self.tool_calls)
        return Message(self.role.lower(), self.content, calls, self.tool_name)


class SamplingOptions(_Wire):
    """The entries of `options` that change what the stand-in does; the rest is only recorded."""

    num_predict: int = -1
    num_ctx: int | None = None
    stop: Annotated[tuple[str, ...], BeforeValidator(_empty_list_if_none)] = ()
    seed: int | None = None
    temperature: float | None = None


class _Generation(_Wire):
    model: str = ""
    stream: bool | None = None
    format: JsonValue = None
    options: Annotated[SamplingOptions, BeforeValidator(_empty_object_if_none)] = SamplingOptions()
    keep_alive: JsonValue = None
    think: bool | str | None = None


class ChatRequest(_Generation):
    """`POST /api/chat`."""

    messages: Annotated[tuple[WireMessage, ...], BeforeValidator(_empty_list_if_none)] = ()
    tools: Annotated[tuple[JsonObject, ...], BeforeValidator(_empty_list_if_none)] = ()


class GenerateRequest(_Generation):
    """`POST /api/generate`."""

    prompt: _Text = ""
    system: _Text = ""
    suffix: _Text = ""


class EmbedRequest(_Wire):
    """`POST /api/embed`."""

    model: str = ""
    input: str | tuple[str, ...] = ()
    keep_alive: JsonValue = None
    dimensions: int = 0


class EmbeddingsRequest(_Wire):
    """`POST /api/embeddings`, the older form."""

    model: str = ""
    prompt: _Text = ""
    keep_alive: JsonValue = None


class NamedModel(_Wire):
    """`POST /api/show` and `POST /api/pull`."""

    model: str = ""
    name: str = ""
    """The older spelling of `model`."""
    stream: bool | None = None


Body = TypeVar("Body", bound=BaseModel)


def decode(body: bytes) -> Mapping[str, JsonValue]:
    """The JSON object of a request.

    Raises:
        OllamaError: 400 for an empty body, bad JSON or anything but an object.
    """
    if not body.strip():
        raise OllamaError(400, "missing request body")
    try:
        decoded = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise OllamaError(400, f"invalid character in request body: {error.msg}") from error
    if not isinstance(decoded, dict):
        kind = {list: "array", str: "string", bool: "bool"}.get(type(decoded), "number")
        raise OllamaError(400, f"json: cannot unmarshal {kind} into Go value of type api.Request")
    return decoded


def parse(model: type[Body], decoded: Mapping[str, JsonValue]) -> Body:
    """The typed request.

    Raises:
        OllamaError: 400, in the manner of Go's JSON decoder, where a field has a wrong type.
    """
    try:
        return model.model_validate(decoded)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        message = f"json: cannot unmarshal into Go struct field {model.__name__}.{field}: {first['msg']}"
        raise OllamaError(400, message) from error
