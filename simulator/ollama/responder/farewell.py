"""Goodbyes, with the tool that ends the call if there is one."""

import re

from pydantic import JsonValue

from simulator.ollama.responder.prompt import Reply, ToolCall
from simulator.ollama.responder.schema import Kind, Parameter, ToolSpec
from simulator.ollama.responder.situation import Situation
from simulator.ollama.responder.tool_choice import end_call_tool

GOODBYE = "Thank you for calling. Goodbye!"
_PARTING = re.compile(
    r"\b(?:good ?bye|bye(?:[- ]bye)?|see you|talk to you (?:later|soon)|have a (?:good|nice|great|lovely) "
    r"(?:day|one|evening|weekend|afternoon)|hang up|end (?:the|this) call)\b",
    re.I,
)
_ENOUGH = re.compile(
    r"\b(?:that(?:'s| is| was| will be|'ll be|'d be) (?:all|it|everything)|nothing else|i'm (?:all set|done|good)|"
    r"no(?:thing)? more questions|all i (?:needed|wanted))\b",
    re.I,
)
_DECLINED = re.compile(
    r"^\W*(?:no|nope|nah)\b(?:\W+(?:thanks?|thank you|that's okay|i'm good|i'm fine))*\W*$", re.I
)
_MORE = re.compile(r"\b(?:anything|something) else\b", re.I)
_STILL_ASKS = re.compile(
    r"\?|\b(?:but|before (?:i|you|we) (?:go|hang)|one more|another question)\b|\b(?:how|what|when|where)\b", re.I
)
_SAID_ALREADY = re.compile(r"\b(?:leave (?:it )?out|omit|already said|unless)\b", re.I)


def say_goodbye(situation: Situation) -> Reply | None:
    """Ends the conversation if the caller does."""
    if not _is_goodbye(situation.said, situation.conversation.last_reply):
        return None
    tool = end_call_tool(situation.tools)
    if tool is None:
        return Reply(GOODBYE)
    arguments = _arguments(tool)
    speaks = any(value == GOODBYE for value in arguments.values())
    return Reply("You're welcome." if speaks else GOODBYE, (ToolCall(tool.name, arguments),))


def _is_goodbye(said: str, last_reply: str) -> bool:
    if _STILL_ASKS.search(said):
        return False
    if _PARTING.search(said) or _ENOUGH.search(said):
        return True
    return bool(_DECLINED.match(said) and _MORE.search(last_reply))


def _arguments(tool: ToolSpec) -> dict[str, JsonValue]:
    arguments: dict[str, JsonValue] = {}
    for parameter in tool.parameters:
        value = _value(parameter)
        if value is not None:
            arguments[parameter.name] = value
    return arguments


def _value(parameter: Parameter) -> JsonValue:
    if parameter.kind is Kind.CHOICE:
        fitting = (
            c for c in parameter.choices if re.search(r"bye|user|caller|complete|done|resolved", str(c), re.I)
        )
        return next(fitting, parameter.choices[0]) if parameter.choices else None
    if parameter.kind is not Kind.TEXT:
        return None
    if re.search(r"message|farewell|goodbye|closing|say|speech|text", parameter.words):
        # A goodbye that is said as text is not to be said twice.
        optional = not parameter.required and bool(_SAID_ALREADY.search(parameter.description))
        return None if optional else GOODBYE
    return "The caller said goodbye." if parameter.required or "reason" in parameter.words else None
