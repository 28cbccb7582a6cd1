"""Calls tools that the caller asks for, and asks for what is missing over as many turns as it takes.

Nothing is remembered between requests: what has been asked, said and called is read from the history each time.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import JsonValue

from simulator.ollama.responder.contacts import find_name
from simulator.ollama.responder.conversation import Turn
from simulator.ollama.responder.filling import NO, YES, Said, fill, missing, question_for
from simulator.ollama.responder.prompt import Reply, ToolCall
from simulator.ollama.responder.schema import Kind, Parameter, ToolSpec
from simulator.ollama.responder.sentences import split_sentences
from simulator.ollama.responder.situation import Situation
from simulator.ollama.responder.tool_choice import end_call_tool, requested_tools
from simulator.ollama.responder.tool_results import is_done

_IDENTITY = (Kind.PERSON, Kind.EMAIL, Kind.PHONE)
_ASKS_TO_CONFIRM = re.compile(
    r"\b(?:shall i|should i|would you like me to|do you want me to|may i|is that (?:right|correct|ok|okay)|"
    r"yes or no|please confirm|can you confirm|go ahead)\b",
    re.I,
)
_ABORT = re.compile(r"\b(?:never ?mind|forget (?:it|that)|cancel that|changed my mind|don't bother|stop)\b", re.I)
_LOOKS_LIKE_QUESTION = re.compile(
    r"\?|^\W*(?:(?:and|but|wait|ok|okay|so|um|uh|oh)\W+)*(?:what|how|when|where|why|who|which|do|does|is|are|can|could|will|would)\b",
    re.I,
)
_ABOUT_KIND: dict[Kind, re.Pattern[str]] = {
    Kind.PERSON: re.compile(r"\bnames?\b", re.I),
    Kind.DATE: re.compile(r"\b(?:day|date|when)\b", re.I),
    Kind.TIME: re.compile(r"\b(?:time|when|what hour)\b", re.I),
    Kind.MOMENT: re.compile(r"\b(?:day|date|time|when)\b", re.I),
    Kind.EMAIL: re.compile(r"\be-?mail\b", re.I),
    Kind.PHONE: re.compile(r"\b(?:phone|number)\b", re.I),
}
_MODEL_MUST_ASK = re.compile(
    r"\b(?:confirm with the|only after the (?:caller|user|customer)[^.]*\b(?:yes|confirm|agree)|"
    r"after (?:explicit )?confirmation)",
    re.I,
)
_SYSTEM_ASKS = re.compile(
    r"\bis asked to confirm\b|\bwill be asked to confirm\b|\bconfirmed automatically\b", re.I
)


@dataclass(frozen=True, slots=True)
class _Open:
    """A tool that was asked for and has not done its work yet."""

    tool: ToolSpec
    values: dict[str, JsonValue]
    asked_to_confirm: bool


def use_tools(situation: Situation) -> Reply | None:
    """Begins, continues or drops a tool's work, as the newest user turn wants; None if it is about none."""
    wanted = requested_tools(situation.said, situation.tools)
    if wanted and not _answers_open_question(situation):
        return _begin(situation, wanted)
    work = _open_work(situation)
    return _continue(situation, work) if work is not None else None


def open_question(situation: Situation) -> str | None:
    """The question that still stands while the caller speaks of something else."""
    work = _open_work(situation)
    if work is None or not _asked(situation.conversation.last_reply, work.tool):
        return None
    lacking = missing(work.tool.parameters, work.values)
    return question_for(lacking[0]) if lacking else None


def _answers_open_question(situation: Situation) -> bool:
    work = _open_work(situation)
    if work is None:
        return False
    last = situation.conversation.last_reply
    return bool(
        _asked(last, work.tool) or (_confirms(last) and (YES.search(situation.said) or NO.search(situation.said)))
    )


def _begin(situation: Situation, wanted: Sequence[ToolSpec]) -> Reply:
    calls: list[ToolCall] = []
    for tool in wanted:
        values = _values(situation, tool, len(situation.conversation.turns) - 1)
        lacking = missing(tool.parameters, values)
        if lacking:
            return Reply(f"{_lead(situation.said)}{_question(lacking[0], values)}")
        if _model_must_ask(situation, tool):
            return Reply(_confirmation(tool, values))
        calls.append(_call(tool, values))
    return Reply("", tuple(calls))


def _continue(situation: Situation, work: _Open) -> Reply | None:
    said, last = situation.said, situation.conversation.last_reply
    asked = _asked(last, work.tool)
    confirming = work.asked_to_confirm or _confirms(last)
    if last and not asked and not confirming:
        return None
    before = _open_work(situation, upto=-1)
    news = before is None or before.values != work.values
    if _ABORT.search(said) and not news:
        return Reply("No problem, I'll leave that. Is there anything else I can help you with?")
    if confirming and not asked and not news:
        if YES.search(said):
            return Reply("", (_call(work.tool, work.values),))
        if NO.search(said):
            return Reply("Alright, I won't do that. What would you like instead?")
        return None
    if not news:
        if _LOOKS_LIKE_QUESTION.search(said) or not asked:
            return None
        lacking = missing(work.tool.parameters, work.values)
        return Reply(f"Sorry, I didn't catch that. {_question(lacking[0], work.values)}") if lacking else None
    lacking = missing(work.tool.parameters, work.values)
    if lacking:
        return Reply(f"Thank you. {_question(lacking[0], work.values)}")
    if _model_must_ask(situation, work.tool) and not confirming:
        return Reply(_confirmation(work.tool, work.values))
    return Reply("", (_call(work.tool, work.values),))


def _open_work(situation: Situation, upto: int | None = None) -> _Open | None:
    """The work begun last that is still unfinished, as of the newest turn, or the one before with `upto=-1`."""
    turns = situation.conversation.turns
    newest = len(turns) - 1 if upto is None else _previous_user(turns)
    ender = end_call_tool(situation.tools)
    for tool in situation.tools:
        if tool is ender:
            continue
        begun, called = _begun(situation, tool, newest)
        if begun is None and called is None:
            continue
        if begun is not None and upto is None and begun == newest:
            continue
        values = dict(called.arguments) if called is not None else {}
        start = begun if begun is not None else _last_call(turns, tool, newest)
        values |= _values(situation, tool, start, newest)
        return _Open(tool, values, called is not None)
    return None


def _begun(situation: Situation, tool: ToolSpec, newest: int) -> tuple[int | None, ToolCall | None]:
    """Where the unfinished work on a tool was asked for, and its last call that did not finish it."""
    begun: int | None = None
    unfinished: ToolCall | None = None
    for index, turn in enumerate(situation.conversation.turns[: newest + 1]):
        if turn.role == "user" and begun is None and tool in requested_tools(turn.text, situation.tools):
            begun = index
        elif turn.role == "user" and _ABORT.search(turn.text):
            begun, unfinished = None, None
        for call in turn.tool_calls:
            if call.name == tool.name:
                unfinished = call
        if (
            turn.role == "tool"
            and unfinished is not None
            and turn.tool_name in ("", tool.name)
            and is_done(turn.text)
        ):
            begun, unfinished = None, None
    return begun, unfinished


def _last_call(turns: Sequence[Turn], tool: ToolSpec, newest: int) -> int:
    places = [i for i, t in enumerate(turns[: newest + 1]) if any(c.name == tool.name for c in t.tool_calls)]
    return places[-1] if places else newest


def _previous_user(turns: Sequence[Turn]) -> int:
    users = [index for index, turn in enumerate(turns) if turn.role == "user"]
    return users[-2] if len(users) > 1 else -1


def _values(situation: Situation, tool: ToolSpec, start: int, newest: int | None = None) -> dict[str, JsonValue]:
    turns = situation.conversation.turns
    earlier: list[Said] = []
    since: list[Said] = []
    last_reply = ""
    for index, turn in enumerate(turns if newest is None else turns[: newest + 1]):
        if turn.role == "assistant" and turn.text:
            last_reply = turn.text
        elif turn.role == "user":
            said = Said(turn.text, _asked(last_reply, tool))
            (since if index >= start else earlier).append(said)
    identity = [p for p in tool.parameters if p.kind in _IDENTITY and p.required]
    return fill(identity, earlier, situation.today) | fill(tool.parameters, since, situation.today)


def _asked(reply: str, tool: ToolSpec) -> str:
    """Name of the parameter that a reply asks for; the reply may have been broken off by the caller."""
    sentences = split_sentences(reply)
    if not sentences:
        return ""
    tail = sentences[-1].strip().lower().rstrip(".… ")
    for parameter in tool.parameters:
        question = question_for(parameter).lower()
        if question in reply.lower() or (len(tail.split()) > 1 and question.startswith(tail)):
            return parameter.name
    if not tail.endswith("?") or _ASKS_TO_CONFIRM.search(tail):
        return ""
    for parameter in tool.parameters:
        pattern = _ABOUT_KIND.get(parameter.kind)
        if parameter.required and pattern is not None and pattern.search(tail):
            return parameter.name
    return ""


def _confirms(reply: str) -> bool:
    return bool(_ASKS_TO_CONFIRM.search(reply)) and "?" in reply


def _question(parameter: Parameter, values: dict[str, JsonValue]) -> str:
    if parameter.kind is Kind.YES_NO and "confirm" in parameter.words:
        return f"I have {_listed(values)}. Shall I go ahead?"
    return question_for(parameter)


def _confirmation(tool: ToolSpec, values: dict[str, JsonValue]) -> str:
    return f"So I {' '.join(tool.name_words)}: {_listed(values)}. Shall I go ahead?"


def _call(tool: ToolSpec, values: dict[str, JsonValue]) -> ToolCall:
    # In the schema's order, whatever order the caller gave them in.
    known = {p.name: values[p.name] for p in tool.parameters if p.name in values}
    return ToolCall(tool.name, known)


def _listed(values: dict[str, JsonValue]) -> str:
    return ", ".join(str(value) for value in values.values())


def _model_must_ask(situation: Situation, tool: ToolSpec) -> bool:
    if _SYSTEM_ASKS.search(tool.description) or any("confirm" in p.words for p in tool.parameters):
        return False
    lines = (line for line in situation.conversation.system.splitlines() if tool.name in line)
    return bool(_MODEL_MUST_ASK.search(tool.description)) or any(_MODEL_MUST_ASK.search(line) for line in lines)


def _lead(said: str) -> str:
    return f"Of course, {name.split()[0]}. " if (name := find_name(said)) else "Of course. "
