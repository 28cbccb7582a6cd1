"""Built-in tools in ElevenLabs' shape: `prompt.built_in_tools.<key>`, null where a tool is off.

Clients write them in several degrees of completeness (`{}`, parameters beside or inside `params`, no
`type`), while the official SDK picks wrong classes where `type` or `system_tool_type` is missing. So what
comes in is normalised, and what goes out is whole.
"""

from pydantic import JsonValue

from api.json_tree import JsonObject, Path
from data.agent_config import BuiltInTool

ELEVENLABS_TOOLS = (
    "end_call",
    "language_detection",
    "transfer_to_agent",
    "transfer_to_number",
    "skip_turn",
    "play_keypad_touch_tone",
    "voicemail_detection",
)
"""Every system tool of the official API, shown as null where it is off."""

OWN_TOOLS = frozenset(tool.value for tool in BuiltInTool)
"""The tools that this server runs; others are kept and shown, and do nothing."""

_SAID_ELSEWHERE = ("type", "name", "description", "params")
_TOOL_KEYS = frozenset(
    {
        "type",
        "name",
        "description",
        "params",
        "response_timeout_secs",
        "disable_interruptions",
        "interruption_mode",
        "force_pre_tool_speech",
        "pre_tool_speech",
        "assignments",
        "tool_call_sound",
        "tool_call_sound_behavior",
        "tool_error_handling_mode",
    }
)


def shape_problems(nested: JsonObject) -> list[tuple[Path, str]]:
    """Where a nested change has no usable shape: pairs of a path below `built_in_tools` and a message."""
    problems: list[tuple[Path, str]] = []
    for key, tool in nested.items():
        if tool is not None and not isinstance(tool, dict):
            problems.append(((key,), "Must be an object, or null to turn the tool off."))
        elif tool is not None and not isinstance(tool.get("params"), dict | None):
            problems.append(((key, "params"), "Must be an object."))
    return problems


def flat_form(nested: JsonValue) -> JsonValue:
    """The flat form of the tools that this server runs; whatever is no object is passed on to be refused."""
    if not isinstance(nested, dict):
        return nested
    return {key: _flat_tool(tool) for key, tool in nested.items() if key in OWN_TOOLS}


def split_off(nested: JsonObject) -> JsonObject:
    """What of a nested change is not said by the flat form: other tools whole, and own tools' other keys."""
    rest: JsonObject = {}
    for key, tool in nested.items():
        if key not in OWN_TOOLS:
            rest[key] = _gathered(tool) if isinstance(tool, dict) else tool
        elif isinstance(tool, dict):
            extra = _own_extra(_gathered(tool))
            if extra:
                rest[key] = extra
    return rest


def nested_form(flat: JsonValue, preserved: JsonValue) -> JsonObject:
    """All tools as the official API shows them, from the stored flat form and what is preserved."""
    on = flat if isinstance(flat, dict) else {}
    kept = preserved if isinstance(preserved, dict) else {}
    shown: JsonObject = dict.fromkeys((*ELEVENLABS_TOOLS, *sorted(OWN_TOOLS)))
    for key in (*kept, *on):
        extra = kept.get(key)
        if key not in OWN_TOOLS:
            shown[key] = _whole(key, extra) if isinstance(extra, dict) else extra
        elif key in on:
            shown[key] = _whole(key, {**(extra if isinstance(extra, dict) else {}), **_object(on[key])})
    return shown


def _flat_tool(tool: JsonValue) -> JsonValue:
    if not isinstance(tool, dict):
        return tool
    return {"description": tool["description"]} if "description" in tool else {}


def _own_extra(tool: JsonObject) -> JsonObject:
    params = {key: value for key, value in _object(tool.get("params")).items() if key != "system_tool_type"}
    extra = {key: value for key, value in tool.items() if key not in _SAID_ELSEWHERE}
    return {**extra, "params": params} if params else extra


def _gathered(tool: JsonObject) -> JsonObject:
    """The tool with parameters that stood beside `params` moved into it."""
    beside = {key: value for key, value in tool.items() if key not in _TOOL_KEYS}
    if not beside:
        return tool
    rest = {key: value for key, value in tool.items() if key in _TOOL_KEYS}
    return {**rest, "params": {**beside, **_object(rest.get("params"))}}


def _whole(key: str, tool: JsonObject) -> JsonObject:
    params: JsonObject = {**_object(tool.get("params")), "system_tool_type": key}
    return {"description": "", **tool, "type": "system", "name": key, "params": params}


def _object(value: JsonValue) -> JsonObject:
    return value if isinstance(value, dict) else {}
