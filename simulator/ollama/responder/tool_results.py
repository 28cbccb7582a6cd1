"""Puts a tool's result into words."""

import json
import re
from collections.abc import Mapping

from pydantic import JsonValue

from simulator.ollama.json_types import JsonObject
from simulator.ollama.responder.prompt import Reply
from simulator.ollama.responder.schema import split_name
from simulator.ollama.responder.situation import Situation

_SAYABLE = ("say", "message", "speech", "text", "answer", "result", "summary", "detail")
_UNSPOKEN = re.compile(
    r"(?:^|_)(?:id|ids|sid|status|success|ok|key|url|note|notes|hint|instruction|created_at|updated_at|timestamp)$"
)
_DECLINED = re.compile(r"declin|cancel|refus", re.I)
_NOT_DONE = re.compile(r"declin|supersed|confirm|invalid|error|fail|denied|rejected|unknown|missing", re.I)
_MOST_FIELDS = 5
_SELF_EXPLAINING = ("name", "when", "where", "what", "date", "time", "day", "title", "topic")


def speak_results(situation: Situation) -> Reply | None:
    """Says what the tools answered, if the newest turns are their results."""
    results: list[str] = []
    for turn in reversed(situation.conversation.turns):
        if turn.role != "tool":
            break
        results.append(say_result(turn.text))
    return Reply(" ".join(reversed(results))) if results else None


def say_result(text: str) -> str:
    """One result as a sentence."""
    decoded = decode(text)
    if decoded is None:
        return text.strip() or "That is done."
    error = error_of(decoded)
    if error:
        return f"I'm sorry, {error[:1].lower() + error[1:] if error[1:2].islower() else error}"
    for key in _SAYABLE:
        value = decoded.get(key)
        if isinstance(value, str) and value.strip():
            return _sentence(value)
    status = decoded.get("status")
    if isinstance(status, str) and _DECLINED.search(status):
        return "Alright, I won't do that. What would you like instead?"
    facts = [
        _spoken(value) if key in _SELF_EXPLAINING else f"{split_name(key)} {_spoken(value)}"
        for key, value in decoded.items()
        if not _UNSPOKEN.search(key) and _spoken(value)
    ]
    lead = f"That is {status.replace('_', ' ')}" if isinstance(status, str) else "Here is what I have"
    return f"{lead}: {', '.join(facts[:_MOST_FIELDS])}." if facts else f"{lead}."


def is_done(text: str) -> bool:
    """Whether a result says that the tool did what it was asked to, and not that it wants something more."""
    decoded = decode(text)
    if decoded is None:
        return not re.match(r"\W*(?:error|failed|invalid|please confirm|needs? confirmation)\b", text, re.I)
    status = decoded.get("status")
    if isinstance(status, str) and _NOT_DONE.search(status) and status not in ("confirmed",):
        return False
    asks = any("confirm" in key and value is True for key, value in decoded.items() if key != "confirmed")
    return not asks and not error_of(decoded)


def error_of(decoded: Mapping[str, JsonValue]) -> str:
    """The message of a result that is an error, else an empty string."""
    error = decoded.get("error")
    failed = decoded.get("success") is False or decoded.get("ok") is False or decoded.get("is_error") is True
    if isinstance(error, dict):
        error = error.get("message") or "something went wrong"
    if isinstance(error, str) and error:
        detail = decoded.get("message")
        return _sentence(detail if isinstance(detail, str) and detail else error.replace("_", " "))
    if error or failed:
        detail = decoded.get("message")
        return _sentence(detail if isinstance(detail, str) and detail else "that did not work")
    return ""


def decode(text: str) -> JsonObject | None:
    """The JSON object of a result, or None if it is plain text."""
    try:
        decoded = json.loads(text)
    except ValueError:
        return None
    return decoded if isinstance(decoded, dict) else None


def _spoken(value: JsonValue) -> str:
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no"}.get(value, "") if isinstance(value, bool) else ""
    if isinstance(value, list):
        return ", ".join(filter(None, map(_spoken, value)))
    if isinstance(value, dict):
        return ", ".join(f"{split_name(key)} {_spoken(item)}" for key, item in value.items() if _spoken(item))
    return str(value)


def _sentence(text: str) -> str:
    return text.strip() if text.strip()[-1:] in ".!?" else f"{text.strip()}."
