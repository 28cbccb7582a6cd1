"""Events as the lines of Ollama's native API."""

from datetime import UTC, datetime
from typing import Protocol

import orjson
from pydantic import JsonValue

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


class LineEncoder(Protocol):
    """Makes the bytes of one event for one API."""

    def line(self, event: Event) -> bytes:
        """The event as one line, with its ending."""


def now() -> str:
    """The time in RFC 3339, as `created_at`."""
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")


def call_as_json(call: ToolCall, index: int, number: int) -> JsonObject:
    """A tool call in Ollama's form.

    Args:
        call: The call.
        index: Its place among the calls of the reply.
        number: The request's, so that ids differ between requests.
    """
    function: JsonObject = {"index": index, "name": call.name, "arguments": dict(call.arguments)}
    return {"id": f"call_{number:06d}{index:02d}", "function": function}


def metrics(event: Finished) -> JsonObject:
    """The closing figures."""
    return {
        "done_reason": event.done_reason,
        "total_duration": event.total_duration,
        "load_duration": event.load_duration,
        "prompt_eval_count": event.prompt_eval_count,
        "prompt_eval_duration": event.prompt_eval_duration,
        "eval_count": event.eval_count,
        "eval_duration": event.eval_duration,
    }


class ChatEncoder:
    """Lines of `/api/chat`."""

    def __init__(self, model: str, number: int) -> None:
        self._model = model
        self._number = number

    def message(self, text: str = "", thinking: str = "", calls: tuple[ToolCall, ...] = ()) -> JsonObject:
        """A message object."""
        message: JsonObject = {"role": "assistant", "content": text}
        if thinking:
            message["thinking"] = thinking
        if calls:
            shaped: list[JsonValue] = [call_as_json(call, i, self._number) for i, call in enumerate(calls)]
            message["tool_calls"] = shaped
        return message

    def body(self, message: JsonObject, finished: Finished | None = None) -> JsonObject:
        """A whole response object."""
        body: JsonObject = {
            "model": self._model,
            "created_at": now(),
            "message": message,
            "done": finished is not None,
        }
        return {**body, **metrics(finished)} if finished is not None else body

    def line(self, event: Event) -> bytes:
        """The event as one NDJSON line."""
        if isinstance(event, BrokenLine):
            return event.line
        if isinstance(event, ErrorLine):
            return orjson.dumps({"error": event.message}) + b"\n"
        finished = event if isinstance(event, Finished) else None
        text = event.text if isinstance(event, TextPiece) else ""
        thinking = event.text if isinstance(event, ThinkingPiece) else ""
        calls = event.calls if isinstance(event, CallsPiece) else ()
        return orjson.dumps(self.body(self.message(text, thinking, calls), finished)) + b"\n"

    def whole(self, text: str, thinking: str, calls: tuple[ToolCall, ...], finished: Finished) -> bytes:
        """The answer to `stream: false`."""
        return orjson.dumps(self.body(self.message(text, thinking, calls), finished))


class GenerateEncoder:
    """Lines of `/api/generate`."""

    def __init__(self, model: str, number: int) -> None:
        del number  # only tool calls have ids
        self._model = model

    def body(self, text: str, thinking: str, finished: Finished | None) -> JsonObject:
        """A whole response object."""
        body: JsonObject = {
            "model": self._model,
            "created_at": now(),
            "response": text,
            "done": finished is not None,
        }
        if thinking:
            body["thinking"] = thinking
        return {**body, **metrics(finished), "context": [1, 2, 3]} if finished is not None else body

    def line(self, event: Event) -> bytes:
        """The event as one NDJSON line."""
        if isinstance(event, BrokenLine):
            return event.line
        if isinstance(event, ErrorLine):
            return orjson.dumps({"error": event.message}) + b"\n"
        text = event.text if isinstance(event, TextPiece) else ""
        thinking = event.text if isinstance(event, ThinkingPiece) else ""
        return orjson.dumps(self.body(text, thinking, event if isinstance(event, Finished) else None)) + b"\n"

    def whole(self, text: str, thinking: str, calls: tuple[ToolCall, ...], finished: Finished) -> bytes:
        """The answer to `stream: false`."""
        del calls  # /api/generate has no tools
        return orjson.dumps(self.body(text, thinking, finished))
