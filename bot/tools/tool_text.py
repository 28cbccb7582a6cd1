"""Finds tool calls in the text a model streams, so that they are run and never spoken.

Models without native tools write `[TOOL: name {…}]` on purpose (`CONFIRM_TOOL` likewise); models with them
sometimes write a call as JSON, or as a list of such JSON, instead of making it. Anything else passes through
unchanged and at once.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from loguru import logger
from pydantic import JsonValue

from bot.chat_model import ToolCallRequest

LONGEST_CALL = 4000
"""Characters that a call may have; longer text that began like one is dropped or spoken like any other."""

_SUSPECT = re.compile(r"[\[{<]")
_MARKER = re.compile(r"\[\s*(?:CONFIRM_)?TOOL(?:_CALL)?\s*:\s*", re.IGNORECASE)
_MARKER_NAME = re.compile(r"[\w.\-]+")
_JSON_START = re.compile(r'(?:\[\s*)?\{\s*"')
_CALL_START = re.compile(r'(?:\[\s*)?\{\s*"(?:name|tool|function|type|parameters|arguments)"\s*:')
_WRAPPERS = ("<tool_call>", "</tool_call>", "<|python_tag|>", "<tools>", "</tools>")
_MARKER_WORDS = ("tool:", "tool_call:", "confirm_tool:", "confirm_tool_call:")


@dataclass(frozen=True, slots=True)
class ParsedText:
    """What a piece of model text turned out to be."""

    text: str
    """To be spoken; may be empty."""
    tool_calls: tuple[ToolCallRequest, ...] = ()


class ToolTextParser:
    """Splits one reply, fed in pieces of any size, into speech and tool calls.

    How the text is cut into pieces never changes what comes out, only when. Make one per reply.
    """

    def __init__(self) -> None:
        self._held = ""

    def feed(self, delta: str) -> ParsedText:
        """Take the next piece; what may still become a tool call is held back."""
        if not self._held and _SUSPECT.search(delta) is None:
            return ParsedText(delta)
        self._held += delta
        return self._drain(final=False)

    def flush(self) -> ParsedText:
        """The reply is over: use or drop an unfinished call, speak anything else that was held back."""
        return self._drain(final=True)

    def _drain(self, *, final: bool) -> ParsedText:
        spoken: list[str] = []
        calls: list[ToolCallRequest] = []
        while self._held:
            suspect = _SUSPECT.search(self._held)
            if suspect is None or suspect.start() > 0:
                end = suspect.start() if suspect else len(self._held)
                spoken.append(self._held[:end])
                self._held = self._held[end:]
                continue
            found = _read(self._held, final)
            if found is None:
                break
            length, text, found_calls = found
            spoken.append(text)
            calls.extend(found_calls)
            self._held = self._held[length:]
        return ParsedText("".join(spoken), tuple(calls))


_Reading = tuple[int, str, list[ToolCallRequest]]
"""Characters used up, what of them is to be spoken, and the calls in them."""


def _read(held: str, final: bool) -> _Reading | None:
    """Read the suspect that `held` begins with; None when only more text can tell what it is."""
    if held[0] == "<":
        return _read_wrapper(held, final)
    marker = _MARKER.match(held)
    if marker is not None:
        return _read_marker(held, marker.end(), final)
    if not final and (_could_become_marker(held) or re.fullmatch(r"[\[{]\s*\{?\s*", held)):
        return None
    if _JSON_START.match(held) is not None:
        return _read_json(held, final)
    return 1, held[0], []


def _read_wrapper(held: str, final: bool) -> _Reading | None:
    for wrapper in _WRAPPERS:
        if held.startswith(wrapper):
            return len(wrapper), "", []
        if not final and wrapper.startswith(held):
            return None
    return 1, held[0], []


def _could_become_marker(held: str) -> bool:
    if not held.startswith("["):
        return False
    word = "".join(held[1:].split()).lower()
    return any(marker.startswith(word) for marker in _MARKER_WORDS)


def _read_marker(held: str, start: int, final: bool) -> _Reading | None:
    """A call in brackets; its end is the first `]` outside of JSON."""
    window = held[:LONGEST_CALL]
    end = _closing(window, "]", start)
    if end is None and len(held) < LONGEST_CALL and not final:
        return None
    body = window[start : end if end is not None else len(window)]
    name = _MARKER_NAME.match(body)
    if name is None:
        logger.warning("A tool call without a name was dropped")
        return (end + 1 if end is not None else len(window)), "", []
    arguments = _arguments(body[name.end() :])
    return (
        (end + 1 if end is not None else len(window)),
        "",
        [ToolCallRequest(name.group(), arguments)],
    )


def _read_json(held: str, final: bool) -> _Reading | None:
    """JSON that may be a call, or a list of calls."""
    window = held[:LONGEST_CALL]
    close = "]" if held[0] == "[" else "}"
    end = _closing(window, close, 1)
    if end is None:
        if len(held) < LONGEST_CALL and not final:
            return None
        if _CALL_START.match(window) is not None:
            logger.warning("An unfinished tool call was dropped")
            return len(window), "", []
        return 1, held[0], []
    calls = list(_calls_in(_parsed(window[: end + 1])))
    if calls:
        return end + 1, "", calls
    return 1, held[0], []


def _closing(text: str, close: str, start: int) -> int | None:
    """Index of the `close` that ends what began before `start`, skipping nested brackets and strings."""
    depth = 0
    in_string = escaped = False
    for index in range(start, len(text)):
        character = text[index]
        if in_string:
            if escaped:
                escaped = False
            elif character == "\\":
                escaped = True
            elif character == '"':
                in_string = False
        elif depth == 0 and character == close:
            return index
        elif character == '"':
            in_string = True
        elif character in "[{":
            depth += 1
        elif character in "]}":
            depth -= 1
    return None


def _parsed(text: str) -> JsonValue:
    try:
        value: JsonValue = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value


def _arguments(text: str) -> dict[str, JsonValue]:
    """The arguments of a bracketed call; unreadable ones count as none, and the tool says what is missing."""
    text = text.strip().lstrip(",:").strip()
    value = _parsed(text)
    if isinstance(value, dict):
        return value
    if text:
        logger.warning("The arguments of a tool call cannot be read as JSON")
    return {}


def _calls_in(value: JsonValue) -> Iterator[ToolCallRequest]:
    if isinstance(value, list):
        for item in value:
            yield from _calls_in(item)
        return
    if not isinstance(value, dict):
        return
    inner = value.get("function")
    shape = inner if isinstance(inner, dict) else value
    name = shape.get("name", shape.get("tool", shape.get("function")))
    arguments = shape.get("parameters", shape.get("arguments"))
    if isinstance(arguments, str):  # OpenAI's shape: JSON within JSON
        arguments = _parsed(arguments)
    if isinstance(name, str) and isinstance(arguments, dict):
        yield ToolCallRequest(name, arguments)
