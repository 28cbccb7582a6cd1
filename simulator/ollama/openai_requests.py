"""Ollama's OpenAI-compatible request, and its translation to the native one (`openai/openai.go`)."""

from collections.abc import Sequence
from typing import Annotated

import orjson
from pydantic import BaseModel, BeforeValidator, ConfigDict, JsonValue

from simulator.ollama.errors import OllamaError
from simulator.ollama.json_types import JsonObject
from simulator.ollama.requests import SamplingOptions
from simulator.ollama.responder.prompt import Message, ToolCall


class _Wire(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


def _empty_list_if_none(value: object) -> object:
    return () if value is None else value


class OpenAiFunction(_Wire):
    """`function` of a tool call; its arguments are JSON in a string."""

    name: str
    arguments: str = "{}"


class OpenAiCall(_Wire):
    """A tool call of the history."""

    id: str = ""
    function: OpenAiFunction


class OpenAiMessage(_Wire):
    """One message of the history."""

    role: str
    content: str | tuple[JsonObject, ...] | None = None
    tool_calls: Annotated[tuple[OpenAiCall, ...], BeforeValidator(_empty_list_if_none)] = ()
    tool_call_id: str = ""
    name: str | None = None


class StreamOptions(_Wire):
    """What a stream carries beside the text."""

    include_usage: bool = False


class OpenAiChatRequest(_Wire):
    """`POST /v1/chat/completions`. As on the real server there is no `keep_alive`, `num_ctx` or `tool_choice`."""

    model: str = ""
    messages: tuple[OpenAiMessage, ...] = ()
    stream: bool = False
    stream_options: StreamOptions | None = None
    max_tokens: int | None = None
    stop: str | tuple[str, ...] | None = None
    seed: int | None = None
    temperature: float | None = None
    response_format: JsonObject | None = None
    tools: Annotated[tuple[JsonObject, ...], BeforeValidator(_empty_list_if_none)] = ()
    reasoning_effort: str | None = None

    def sampling(self) -> SamplingOptions:
        """The native options that this request stands for."""
        stop = (self.stop,) if isinstance(self.stop, str) else self.stop or ()
        # Ollama's layer forces temperature 1.0 where none is given.
        temperature = 1.0 if self.temperature is None else self.temperature
        limit = -1 if self.max_tokens is None else self.max_tokens
        return SamplingOptions(num_predict=limit, stop=stop, seed=self.seed, temperature=temperature)

    def output_format(self) -> JsonValue:
        """`format` of the native request."""
        wanted = self.response_format or {}
        if wanted.get("type") == "json_object":
            return "json"
        schema = wanted.get("json_schema")
        return schema.get("schema") if wanted.get("type") == "json_schema" and isinstance(schema, dict) else None


def to_messages(messages: Sequence[OpenAiMessage]) -> tuple[Message, ...]:
    """The messages as the responder reads them; a tool's name is found by its call's id.

    Raises:
        OllamaError: 400 for content or arguments of a wrong form.
    """
    names = {call.id: call.function.name for message in messages for call in message.tool_calls}
    return tuple(
        Message(
            message.role.lower(),
            _text(message),
            tuple(
                ToolCall(call.function.name, _arguments(call.function.arguments)) for call in message.tool_calls
            ),
            message.name or names.get(message.tool_call_id, "") if message.role == "tool" else "",
        )
        for message in messages
    )


def _text(message: OpenAiMessage) -> str:
    if isinstance(message.content, str):
        return message.content
    if message.content is None:
        if message.tool_calls:
            return ""
        raise OllamaError(400, "invalid message content type: <nil>")
    parts: list[str] = []
    for part in message.content:
        text = part.get("text")
        if part.get("type") == "text" and isinstance(text, str):
            parts.append(text)
        elif part.get("type") != "image_url":
            raise OllamaError(400, "invalid message format")
    return "\n".join(parts)


def _arguments(text: str) -> JsonObject:
    try:
        decoded = orjson.loads(text or "{}")
    except orjson.JSONDecodeError as error:
        raise OllamaError(400, "invalid tool call arguments") from error
    if not isinstance(decoded, dict):
        raise OllamaError(400, "invalid tool call arguments")
    return decoded
