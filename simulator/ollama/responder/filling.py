"""Fills a tool's parameters from what the caller has said, and asks for what is missing."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from pydantic import JsonValue

from simulator.ollama.responder.contacts import find_email, find_name, find_number, find_phone
from simulator.ollama.responder.dates import find_date, find_time
from simulator.ollama.responder.schema import Kind, Parameter, read_parameters
from simulator.ollama.responder.words import content_terms, tokens

YES = re.compile(
    r"^\W*(?:yes|yeah|yep|yup|sure|please do|correct|right|exactly|absolutely|of course|definitely|certainly|ok|"
    r"okay|go ahead|that's right|that is right|that works|sounds good|perfect|do it|please)\b",
    re.I,
)
NO = re.compile(r"^\W*(?:no|nope|nah|not|don't|do not|wrong|never|cancel|stop|wait)\b", re.I)
_ABOUT = re.compile(
    r"\b(?:about|regarding|concerning|to discuss|to talk about|because of|because|since)\s+(?P<text>[^.?!]+)", re.I
)
_FOR = re.compile(
    r"\b(?:for|book|schedule|reserve|arrange|order|need|want)\s+(?:an?\s+|the\s+|my\s+|some\s+)?(?P<text>[^.?!,]+)",
    re.I,
)
_TEXT_END = re.compile(
    r"\s+(?:on|at|for|next|this|tomorrow|today|in|under|please|with|around|my name|by|"
    r"monday|tuesday|wednesday|thursday|friday|saturday|sunday)\b.*$",
    re.I,
)
_QUERY = frozenset(("query", "question", "search", "search query", "request", "text", "prompt", "q"))
_ONLY_IF = re.compile(r"\bonly if\b|\banything else\b|\bif (?:the caller|asked|needed)\b", re.I)


@dataclass(frozen=True, slots=True)
class Said:
    """Something the caller said, and which parameter had just been asked for."""

    text: str
    asked: str = ""
    """Name of that parameter; empty if none."""


def fill(parameters: Sequence[Parameter], said: Sequence[Said], today: date) -> dict[str, JsonValue]:
    """The values that the caller has given; later ones win."""
    values: dict[str, JsonValue] = {}
    for statement in said:
        for parameter in parameters:
            value = find_value(parameter, statement, today)
            if value is not None:
                values[parameter.name] = value
    return values


def missing(parameters: Sequence[Parameter], values: Mapping[str, JsonValue]) -> list[Parameter]:
    """Required parameters without a value, in the schema's order."""
    return [p for p in parameters if p.required and p.name not in values]


def find_value(parameter: Parameter, said: Said, today: date) -> JsonValue:  # noqa: C901 - one case for a kind
    """The value of one parameter in one statement, or None."""
    asked = said.asked == parameter.name
    text = said.text
    match parameter.kind:
        case Kind.CHOICE:
            return _choice(parameter, text)
        case Kind.YES_NO:
            return _yes_no(parameter, text, asked)
        case Kind.DATE:
            day = find_date(text, today)
            return day.isoformat() if day else None
        case Kind.TIME:
            moment = find_time(text, asked=asked)
            return _clock(moment, parameter) if moment else None
        case Kind.MOMENT:
            return _moment(text, today, asked)
        case Kind.EMAIL:
            return find_email(text)
        case Kind.PHONE:
            return find_phone(text)
        case Kind.PERSON:
            return _person(parameter, find_name(text, asked=asked))
        case Kind.NUMBER:
            return find_number(text, near=_nouns(parameter), asked=asked)
        case Kind.OBJECT:
            return dict(fill(read_parameters(parameter.schema), (said,), today)) or None
        case Kind.LIST:
            item = _free_text(parameter, text, asked)
            return [item] if item else None
        case Kind.TEXT:
            return _free_text(parameter, text, asked)


def question_for(parameter: Parameter) -> str:
    """How to ask for a parameter, in one question."""
    words = parameter.words
    match parameter.kind:
        case Kind.PERSON:
            return "What name should I put it under?"
        case Kind.DATE:
            return "What day would you like?"
        case Kind.TIME:
            return "What time would suit you?"
        case Kind.MOMENT:
            return "What day and time would you like?"
        case Kind.EMAIL:
            return "What email address should I use?"
        case Kind.PHONE:
            return "What is the best phone number to reach you?"
        case Kind.CHOICE:
            choices = [str(choice).replace("_", " ") for choice in parameter.choices]
            return f"Which {words} would you like: {', '.join(choices[:-1])} or {choices[-1]}?"
        case Kind.NUMBER:
            return f"What {words} should I put down?"
        case Kind.YES_NO:
            return "Shall I go ahead?"
        case _:
            return f"Could you tell me the {words}?"


def _choice(parameter: Parameter, text: str) -> JsonValue:
    heard = content_terms(text)
    heard_all = set(heard) | set(tokens(text))
    best: tuple[float, JsonValue] = (0.0, None)
    for choice in parameter.choices:
        words = content_terms(str(choice).replace("_", " ")) or tokens(str(choice))
        share = sum(word in heard_all for word in words) / max(1, len(words))
        if share > best[0]:
            best = (share, choice)
    return best[1] if best[0] > 0.5 else None


def _yes_no(parameter: Parameter, text: str, asked: bool) -> JsonValue:
    if not asked:
        return None
    if NO.search(text):
        return False
    return True if YES.search(text) else None


def _moment(text: str, today: date, asked: bool) -> JsonValue:
    day, clock = find_date(text, today), find_time(text, asked=asked)
    if day is None or clock is None:
        return None
    return datetime.combine(day, clock).isoformat()


def _clock(value: time, parameter: Parameter) -> str:
    return value.isoformat() if parameter.schema.get("format") == "time" else f"{value:%H:%M}"


def _person(parameter: Parameter, name: str | None) -> JsonValue:
    if name is None:
        return None
    if parameter.words.startswith("first"):
        return name.split()[0]
    return name.split()[-1] if parameter.words.startswith("last") and " " in name else name


def _nouns(parameter: Parameter) -> tuple[str, ...]:
    words = tokens(parameter.words)
    known = {
        "party": ("people", "persons", "guests"),
        "guests": ("people", "persons"),
        "duration": ("minute", "hour"),
    }
    return tuple(words) + tuple(extra for word in words for extra in known.get(word, ()))


def _free_text(parameter: Parameter, text: str, asked: bool) -> str | None:
    if parameter.words in _QUERY:
        return text.strip() or None
    if asked:
        return text.strip().rstrip(".") or None
    if _ONLY_IF.search(parameter.description):
        return None
    about = _ABOUT.search(text)
    if about:
        return _trimmed(about["text"])
    if not parameter.required:
        return None
    purpose = _FOR.search(text)
    return _trimmed(purpose["text"]) if purpose else None


def _trimmed(text: str) -> str | None:
    short = _TEXT_END.sub("", text.strip()).strip(" ,")
    # A bare weekday, time or number is when, not what.
    if not content_terms(short) or find_date(short, date(2000, 1, 1)) or find_time(short, asked=True):
        return None
    return short
