"""The conversation, from pipecat's context to the language model's messages and back.

pipecat keeps messages as OpenAI-shaped dicts; everything else here works on `ChatMessage`.
"""

import json
from collections.abc import Sequence

from pipecat.processors.aggregators.llm_context import LLMContext

from bot.chat_model import ChatMessage, ChatRole, ToolCallRequest
from data.records import ToolCallRecord


def messages_of(context: LLMContext) -> tuple[ChatMessage, ...]:
    """All messages of a conversation, in order."""
    messages: list[ChatMessage] = []
    names: dict[str, str] = {}
    for message in context.messages:
        if not isinstance(message, dict):
            continue
        calls = []
        requested = message.get("tool_calls")
        for call in requested if isinstance(requested, list) else ():
            function = call["function"]
            names[call["id"]] = function["name"]
            calls.append(ToolCallRequest(function["name"], json.loads(function["arguments"])))
        content = message.get("content")
        messages.append(
            ChatMessage(
                ChatRole(message["role"]),
                content if isinstance(content, str) else "",
                tool_calls=tuple(calls),
                tool_name=names.get(str(message.get("tool_call_id", ""))),
            )
        )
    return tuple(messages)


def tool_messages(records: Sequence[ToolCallRecord], said: str = "") -> tuple[ChatMessage, ...]:
    """A round of tool calls as messages: the calls, then each result.

    Args:
        records: The calls.
        said: What the model said along with asking for them.
    """
    calls = tuple(ToolCallRequest(record.tool_name, record.params) for record in records)
    results = (
        ChatMessage(ChatRole.TOOL, json.dumps(r.result, ensure_ascii=False), tool_name=r.tool_name)
        for r in records
    )
    return (ChatMessage(ChatRole.ASSISTANT, said, tool_calls=calls), *results)


def remember_tools(context: LLMContext, records: Sequence[ToolCallRecord]) -> None:
    """Add a round of tool calls to a conversation: calls and results together, so none stays open."""
    context.add_message(
        {
            "role": "assistant",
            "content": "",
            "tool_calls": [
                {
                    "id": record.request_id,
                    "type": "function",
                    "function": {"name": record.tool_name, "arguments": json.dumps(record.params)},
                }
                for record in records
            ],
        }
    )
    for record in records:
        context.add_message(
            {
                "role": "tool",
                "tool_call_id": record.request_id,
                "content": json.dumps(record.result, ensure_ascii=False),
            }
        )
