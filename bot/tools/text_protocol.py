"""Tools for models that have no native tool calls, such as the seeds' `llama3:8b`.

Instructions, calls and results are plain text here; `bot/tools/tool_text.py` reads what such a model writes.
"""

import json
from collections.abc import Sequence

from bot.chat_model import ChatMessage, ChatRole, ToolCallRequest, ToolSchema


def text_instructions(tools: Sequence[ToolSchema]) -> str:
    """How to call `tools`, for the system prompt; empty without tools."""
    if not tools:
        return ""
    described = "\n".join(_described(tool) for tool in tools)
    return (
        "You can use these tools:\n"
        f"{described}\n"
        'To use one, write a line such as [TOOL: name {"argument": "value"}] with the arguments as JSON, '
        "and nothing after it. The caller does not hear that line. You then get the result and go on. "
        "Use a tool only when it is needed, never invent one, and never speak about these lines."
    )


def call_as_text(call: ToolCallRequest) -> str:
    """A call as the model would have written it."""
    return f"[TOOL: {call.name} {json.dumps(call.arguments, ensure_ascii=False)}]"


def as_text(message: ChatMessage) -> ChatMessage:
    """`message` for a model that knows neither tool calls nor the role `tool`."""
    if message.role is ChatRole.TOOL:
        return ChatMessage(ChatRole.USER, f"Result of {message.tool_name}: {message.content}")
    if message.tool_calls:
        calls = "\n".join(call_as_text(call) for call in message.tool_calls)
        return ChatMessage(message.role, f"{message.content}\n{calls}".strip())
    return message


def _described(tool: ToolSchema) -> str:
    return f"- {tool.name}: {tool.description} Arguments: {json.dumps(tool.parameters, ensure_ascii=False)}"
