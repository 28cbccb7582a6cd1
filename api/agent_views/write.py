"""Applies a request body, in either view or both, to a stored agent.

The rules: a value equal to the stored one counts as absent, so that a GET body with one field changed in
one view is a valid PATCH; objects merge, lists are replaced, null clears; what both views change must
agree; nothing unknown is dropped in silence.
"""

import difflib
from typing import cast

from fastapi.exceptions import RequestValidationError
from pydantic import JsonValue

from api.agent_views import built_in_tools
from api.agent_views.field_mappings import BUILT_IN_TOOLS_PATH, FIELD_MAPPINGS, FieldMapping
from api.agent_views.field_values import FieldValueError, stored_form
from api.agent_views.nested_defaults import NESTED_SECTIONS, NULLABLE_OBJECTS, nested_defaults
from api.agent_views.read import nested_view, stored_fields
from api.json_tree import (
    JsonObject,
    Path,
    copy_json,
    difference,
    drop_path,
    get_path,
    has_path,
    merge,
    same_json,
    set_path,
)
from data.agent_config import AgentConfig

READ_ONLY_KEYS = frozenset(
    {
        "agent_id",
        "workspace_id",
        "created_at",
        "updated_at",
        "metadata",
        "access_info",
        "phone_numbers",
        "whatsapp_accounts",
        "version_id",
        "branch_id",
        "main_branch_id",
        "default_hold_audio_url",
        "version_description",
    }
)
"""Keys of a GET body that a write ignores."""

_FLAT_KEYS = tuple(mapping.flat for mapping in FIELD_MAPPINGS)
_Problem = dict[str, object]


def apply_changes(agent: AgentConfig, body: JsonObject, *, blank: AgentConfig, retention_days: int) -> AgentConfig:
    """The agent with the changes that the body asks for; `agent` itself when it asks for none.

    Args:
        agent: The agent as it is stored, or a blank one that is being created.
        body: Flat keys, nested sections, or both.
        blank: Where a cleared field takes its value from.
        retention_days: The server's own, as the client saw it.

    Raises:
        RequestValidationError: FastAPI's 422, one entry for each problem, located where the client wrote it.
    """
    tree = _sections_of(body)
    problems = [*_unknown_keys(body), *_shape_problems(tree, nested_defaults(retention_days), ())]
    if problems:
        raise RequestValidationError(problems)
    changes, problems = _field_changes(agent, body, tree, blank)
    if problems:
        raise RequestValidationError(problems)
    preserved = _preserved_after(agent, tree, retention_days)
    if not changes and same_json(preserved, agent.settings.preserved):
        return agent
    document: JsonObject = agent.model_dump(mode="json")
    for mapping, value in changes:
        set_path(document, mapping.stored, value)
    set_path(document, ("settings", "preserved"), preserved)
    return AgentConfig.model_validate(document)


def _sections_of(body: JsonObject) -> JsonObject:
    """A copy of the nested sections of the body, without nulls that stand for a group of stored fields.

    Such a null (`"conversation_config": null`) is what clients send for "not given"; to take it as "clear"
    would wipe the prompt with it.
    """
    tree: JsonObject = {key: copy_json(body[key]) for key in NESTED_SECTIONS if key in body}
    for mapping in FIELD_MAPPINGS:
        for length in range(1, len(mapping.nested or ())):
            group = (mapping.nested or ())[:length]
            if has_path(tree, group) and get_path(tree, group) is None:
                drop_path(tree, group)
    return tree


def _unknown_keys(body: JsonObject) -> list[_Problem]:
    known = (*_FLAT_KEYS, *NESTED_SECTIONS)
    problems = []
    for key, value in body.items():
        if key in known or key in READ_ONLY_KEYS:
            continue
        close = difflib.get_close_matches(key, known, n=1)
        hint = f" Did you mean '{close[0]}'?" if close else ""
        problems.append(_problem("unknown_field", (key,), f"Agents have no field '{key}'.{hint}", value))
    return problems


def _shape_problems(given: JsonObject, template: JsonObject, at: Path) -> list[_Problem]:
    problems: list[_Problem] = []
    for key, value in given.items():
        path = (*at, key)
        expected = template.get(key)
        if value is None:
            continue
        wants_object = isinstance(expected, dict) or path in NULLABLE_OBJECTS or not at
        if wants_object and not isinstance(value, dict):
            problems.append(_problem("dict_type", path, "Must be an object.", value))
        elif isinstance(expected, list) and not isinstance(value, list):
            problems.append(_problem("list_type", path, "Must be a list.", value))
        elif path == BUILT_IN_TOOLS_PATH and isinstance(value, dict):
            for inner, message in built_in_tools.shape_problems(value):
                problems.append(_problem("dict_type", (*path, *inner), message, get_path(value, inner)))
        elif isinstance(expected, dict) and isinstance(value, dict):
            problems.extend(_shape_problems(value, expected, path))
    return problems


def _field_changes(
    agent: AgentConfig, body: JsonObject, tree: JsonObject, blank: AgentConfig
) -> tuple[list[tuple[FieldMapping, JsonValue]], list[_Problem]]:
    stored, empty = stored_fields(agent), stored_fields(blank)
    changes: list[tuple[FieldMapping, JsonValue]] = []
    problems: list[_Problem] = []
    for mapping in FIELD_MAPPINGS:
        wanted: list[JsonValue] = []
        for path, given in _given(mapping, body, tree):
            try:
                value = _wanted_value(mapping, given, stored[mapping.flat], empty[mapping.flat])
            except FieldValueError as error:
                problems.extend(
                    _problem(str(detail["type"]), (*path, *inner), detail["msg"], detail["input"])
                    for inner, detail in error.problems
                )
                continue
            if not same_json(value, stored[mapping.flat]):
                wanted.append(value)
        if len(wanted) > 1 and not same_json(wanted[0], wanted[1]):
            problems.append(_conflict(mapping))
        elif wanted:
            changes.append((mapping, wanted[0]))
    return changes, problems


def _given(mapping: FieldMapping, body: JsonObject, tree: JsonObject) -> list[tuple[Path, JsonValue]]:
    """Where the body says this field, and what: at most once in each view."""
    found: list[tuple[Path, JsonValue]] = []
    if mapping.flat in body:
        found.append(((mapping.flat,), body[mapping.flat]))
    if mapping.nested is not None and has_path(tree, mapping.nested):
        value = get_path(tree, mapping.nested)
        found.append((mapping.nested, None if value is None else mapping.from_nested(value)))
    return found


def _wanted_value(mapping: FieldMapping, given: JsonValue, stored: JsonValue, empty: JsonValue) -> JsonValue:
    if given is not None:
        return stored_form(mapping, merge(stored, given))
    if not mapping.clearable:
        return stored_form(mapping, None)
    return empty


def _preserved_after(agent: AgentConfig, tree: JsonObject, retention_days: int) -> JsonObject:
    """What is kept of ElevenLabs' keys that no field of ours stands for."""
    rest = cast(JsonObject, copy_json(tree))
    tools = get_path(tree, BUILT_IN_TOOLS_PATH)
    for mapping in FIELD_MAPPINGS:
        if mapping.nested is not None:
            drop_path(rest, mapping.nested)
    if isinstance(tools, dict):
        set_path(rest, BUILT_IN_TOOLS_PATH, built_in_tools.split_off(tools))
    changed = difference(rest, nested_view(agent, retention_days=retention_days))
    return cast(JsonObject, merge(agent.settings.preserved, changed)) if changed else agent.settings.preserved


def _conflict(mapping: FieldMapping) -> _Problem:
    nested = ".".join(mapping.nested or ())
    message = f"'{mapping.flat}' and '{nested}' are one setting, and they ask for different values. Send one."
    return _problem("conflicting_views", (mapping.flat,), message, None)


def _problem(kind: str, path: tuple[int | str, ...], message: str, given: object) -> _Problem:
    return {"type": kind, "loc": ("body", *path), "msg": message, "input": given}
