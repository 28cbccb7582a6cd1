"""Events as Ollama's OpenAI-compatible layer writes them: SSE chunks and whole completions."""

import time

import orjson
from pydantic import JsonValue

from simulator.ollama.errors import OllamaError
from simulator.ollama.generation import (
    BrokenLine,
    CallsPiece,
    ErrorLine,
    Event,
    Finished,
    TextPiece,
    ThinkingPiece,
)
from simulator.ollama.json_types import JsonObject
from simulator.ollama.responder.prompt import ToolCall

_ERROR_TYPES = {400: "invalid_request_error", 404: "not_found_error"}


def openai_error(error: OllamaError) -> JsonObject:
    """The body of an error under `/v1`."""
    kind = _ERROR_TYPES.get(error.status, "api_error")
    return {"error": {"message": error.message, "type": kind, "param": None, "code": None}}


def usage(finished: Finished) -> JsonObject:
    """The token counts."""
    return {
        "prompt_tokens": finished.prompt_eval_count,
        "completion_tokens": finished.eval_count,
        "total_tokens": finished.prompt_eval_count + finished.eval_count,
    }


class OpenAiEncoder:
    """One completion.

    Args:
        model: As the client named it.
        number: The request's.
        include_usage: Adds the closing usage chunk to a stream.
    """

    def __init__(self, model: str, number: int, *, include_usage: bool) -> None:
        self._model = model
        self._number = number
        self._include_usage = include_usage
        self._created = int(time.time())
        self._has_begun = False
        self._called = False

    def line(self, event: Event) -> bytes:
        """The event as SSE."""
        match event:
            case BrokenLine():
                return b"data: " + event.line + b"\n"
            case ErrorLine():
                return _sse(openai_error(OllamaError(500, event.message)))
            case TextPiece():
                return self._delta({"content": event.text})
            case ThinkingPiece():
                return self._delta({"content": "", "reasoning": event.text})
            case CallsPiece():
                self._called = True
                return self._delta({"content": "", "tool_calls": self._calls(event.calls)})
            case Finished():
                return self._ending(event)

    def whole(self, text: str, thinking: str, calls: tuple[ToolCall, ...], finished: Finished) -> bytes:
        """The completion where nothing is streamed."""
        message: JsonObject = {"role": "assistant", "content": text}
        if thinking:
            message["reasoning"] = thinking
        if calls:
            message["tool_calls"] = self._calls(calls)
        reason = "tool_calls" if calls and finished.done_reason == "stop" else finished.done_reason
        choices: list[JsonValue] = [{"index": 0, "message": message, "finish_reason": reason}]
        return orjson.dumps({**self._frame("chat.completion", choices), "usage": usage(finished)}) + b"\n"

    def _delta(self, delta: JsonObject) -> bytes:
        if not self._has_begun:
            delta = {"role": "assistant", **delta}
            self._has_begun = True
        return self._chunk([{"index": 0, "delta": delta, "finish_reason": None}])

    def _ending(self, finished: Finished) -> bytes:
        opening = b"" if self._has_begun else self._delta({"content": ""})
        reason = "tool_calls" if self._called and finished.done_reason == "stop" else finished.done_reason
        last = self._chunk([{"index": 0, "delta": {}, "finish_reason": reason}])
        counts = b""
        if self._include_usage:
            counts = _sse({**self._frame("chat.completion.chunk", []), "usage": usage(finished)})
        return opening + last + counts + b"data: [DONE]\n\n"

    def _chunk(self, choices: list[JsonValue]) -> bytes:
        return _sse(self._frame("chat.completion.chunk", choices))

    def _frame(self, kind: str, choices: list[JsonValue]) -> JsonObject:
        return {
            "id": f"chatcmpl-{self._number}",
            "object": kind,
            "created": self._created,
            "model": self._model,
            "system_fingerprint": "fp_ollama",
            "choices": choices,
        }

    def _calls(self, calls: tuple[ToolCall, ...]) -> list[JsonValue]:
        return [
            {
                "id": f"call_{self._number:06d}{index:02d}",
                "index": index,
                "type": "function",
                "function": {"name": call.name, "arguments": orjson.dumps(dict(call.arguments)).decode()},
            }
            for index, call in enumerate(calls)
        ]


def _sse(value: JsonObject) -> bytes:
    return b"data: " + orjson.dumps(value) + b"\n\n"
