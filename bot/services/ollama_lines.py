"""One line of Ollama's streamed reply, checked for what is used of it.

https://github.com/ollama/ollama/blob/main/docs/api.md#generate-a-chat-completion
"""

from collections.abc import Mapping

from pydantic import JsonValue

from bot.chat_model import ChatChunk, ChatUsage, ToolCallRequest

_NANOSECONDS_PER_MS = 1e6


def read_line(line: Mapping[str, JsonValue]) -> ChatChunk:
    """What a line says.

    Raises:
        ValueError: It is no piece of a reply.
    """
    message = line.get("message")
    if not isinstance(message, dict):
        raise ValueError("a line without a message")
    text = message.get("content") or ""
    if not isinstance(text, str):
        raise ValueError("content that is no text")
    calls = message.get("tool_calls") or []
    if not isinstance(calls, list):
        raise ValueError("tool calls that are no list")
    done = bool(line.get("done"))
    return ChatChunk(
        text=text,
        tool_calls=tuple(_tool_call(call) for call in calls),
        usage=_usage(line) if done else None,
        done=done,
    )


def _tool_call(call: JsonValue) -> ToolCallRequest:
    function = call.get("function") if isinstance(call, dict) else None
    name = function.get("name") if isinstance(function, dict) else None
    arguments = function.get("arguments") if isinstance(function, dict) else None
    if not isinstance(name, str) or not isinstance(arguments, dict):
        raise ValueError("a tool call without a name or arguments")
    return ToolCallRequest(name, arguments)


def _usage(line: Mapping[str, JsonValue]) -> ChatUsage:
    return ChatUsage(
        input_tokens=int(_number(line, "prompt_eval_count")),
        output_tokens=int(_number(line, "eval_count")),
        load_ms=_number(line, "load_duration") / _NANOSECONDS_PER_MS,
        prompt_ms=_number(line, "prompt_eval_duration") / _NANOSECONDS_PER_MS,
        generation_ms=_number(line, "eval_duration") / _NANOSECONDS_PER_MS,
    )


def _number(line: Mapping[str, JsonValue], name: str) -> float:
    """A count or a duration; servers that only resemble Ollama leave some out."""
    value = line.get(name)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else 0
