"""What the responder is given and what it answers, free of any wire format."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import JsonValue

from simulator.ollama.json_types import JsonObject


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A call of a tool with its arguments."""

    name: str
    arguments: Mapping[str, JsonValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Message:
    """One message of the conversation."""

    role: str
    """`system`, `user`, `assistant` or `tool`."""
    content: str = ""
    tool_calls: tuple[ToolCall, ...] = ()
    tool_name: str = ""


@dataclass(frozen=True, slots=True)
class Prompt:
    """Everything that the model sees of one request."""

    messages: tuple[Message, ...]
    tools: tuple[JsonObject, ...] = ()
    """Native tools, in OpenAI's form: `{"type": "function", "function": {…}}`."""
    output_format: JsonValue = None
    """None, `"json"`, or a JSON schema."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What the model says and which tools it calls."""

    text: str = ""
    tool_calls: tuple[ToolCall, ...] = ()
    thinking: str = ""
