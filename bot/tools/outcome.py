"""How one tool call ended."""

import json
from dataclasses import dataclass
from enum import StrEnum

from pydantic import JsonValue

from bot.chat_model import ChatMessage, ChatRole, ToolCallRequest
from data.records import ToolCallRecord


class ToolStatus(StrEnum):
    """The four ends of a tool call; each call reaches exactly one."""

    RESULT = "result"
    ERROR = "error"
    TIMEOUT = "timeout"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class ToolOutcome:
    """One ended tool call.

    Attributes:
        request_id: Unique within the call.
        request: What the model asked for; arguments normalised once they were checked.
        status: How it ended.
        content: The result or, as `{"status": …, "error": …}`, what went wrong, for the model.
        say: A sentence to speak word for word instead of asking the model for one.
        ends_call: The call ends once everything said so far has been played.
        latency_ms: From the request to the end.
        silent: Nothing more is said in this reply.
    """

    request_id: str
    request: ToolCallRequest
    status: ToolStatus
    content: JsonValue
    latency_ms: float
    say: str | None = None
    ends_call: bool = False
    silent: bool = False

    @property
    def message(self) -> ChatMessage:
        """The outcome as the prompt's `tool` message."""
        content = json.dumps(self.content, ensure_ascii=False)
        return ChatMessage(ChatRole.TOOL, content, tool_name=self.request.name)

    @property
    def exchange(self) -> tuple[ChatMessage, ChatMessage]:
        """The call and its outcome as messages, for an outcome that no reply of the model brought about."""
        return ChatMessage(ChatRole.ASSISTANT, "", tool_calls=(self.request,)), self.message

    @property
    def record(self) -> ToolCallRecord:
        """The outcome as storage keeps it."""
        return ToolCallRecord(
            request_id=self.request_id,
            tool_name=self.request.name,
            params=self.request.arguments,
            result=self.content,
            is_error=self.status is not ToolStatus.RESULT,
            latency_ms=self.latency_ms,
        )
