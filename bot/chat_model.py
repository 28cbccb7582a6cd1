"""The seam between a call and the language model that answers it.

Everything above (prompt, tools, turn pipeline) speaks in these values; everything below
(`bot/services/ollama_chat.py`) turns them into one vendor's protocol. They are frozen, so that a request
which is being streamed cannot change under the stream.
"""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from pydantic import JsonValue


class ChatRole(StrEnum):
    """Who a message is from, in the words of the chat protocols."""

    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"
    TOOL = "tool"


@dataclass(frozen=True, slots=True)
class ToolCallRequest:
    """The model asks for one tool; nothing about it has been checked."""

    name: str
    arguments: dict[str, JsonValue]


@dataclass(frozen=True, slots=True)
class ToolSchema:
    """One tool as the model is told about it."""

    name: str
    description: str
    parameters: dict[str, JsonValue]
    """JSON schema of the arguments: `{"type": "object", "properties": {…}, "required": […]}`."""


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One message of a prompt.

    A message of role `tool` carries the result of the call to `tool_name`; results follow the assistant
    message that holds the calls, in the calls' order.
    """

    role: ChatRole
    content: str
    tool_calls: tuple[ToolCallRequest, ...] = ()
    tool_name: str | None = None


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """One generation."""

    model: str
    messages: tuple[ChatMessage, ...]
    tools: tuple[ToolSchema, ...] = ()
    temperature: float = 0.2
    num_predict: int = 512
    """Most tokens of the reply; -1 leaves it to the model."""
    num_ctx: int | None = None
    """Context window in tokens; None keeps the model's own. Ollama reloads a model when it changes."""
    stop: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ChatUsage:
    """What one generation cost, as the vendor counted it."""

    input_tokens: int
    output_tokens: int
    load_ms: float
    prompt_ms: float
    generation_ms: float


@dataclass(frozen=True, slots=True)
class ChatChunk:
    """A piece of a reply. `usage` comes with the last one, for which `done` is True."""

    text: str = ""
    tool_calls: tuple[ToolCallRequest, ...] = ()
    usage: ChatUsage | None = None
    done: bool = False


class ChatModel(Protocol):
    """A language model that streams replies."""

    def stream(self, request: ChatRequest) -> AsyncGenerator[ChatChunk, None]:
        """Generate a reply, chunk by chunk; the last chunk has `done` set.

        Closing the generator (`contextlib.aclosing`) aborts the request at once, so that the vendor stops
        computing. Leaving a loop by `break` alone does not close it.

        Raises:
            VendorError: The model is missing, unreachable, silent for too long, or failed. Chunks that came
                before it stay valid. Retrying is the caller's business.
        """
        ...
