"""Shows one stored agent in its two views: flat (the seeds' fields) and nested (ElevenLabs' shape)."""

from typing import cast

from api.agent_views import built_in_tools
from api.agent_views.field_mappings import BUILT_IN_TOOLS_PATH, FIELD_MAPPINGS
from api.agent_views.nested_defaults import nested_defaults
from api.json_tree import JsonObject, copy_json, get_path, overlay, set_path
from data.agent_config import AgentConfig


def stored_fields(agent: AgentConfig) -> JsonObject:
    """Every mapped field by its flat key, as it is stored."""
    document: JsonObject = agent.model_dump(mode="json")
    return {mapping.flat: get_path(document, mapping.stored) for mapping in FIELD_MAPPINGS}


def flat_view(agent: AgentConfig) -> JsonObject:
    """The flat fields as they are shown: as stored, and with null for every tool of ours that is off."""
    fields = stored_fields(agent)
    tools = fields["built_in_tools"]
    off: JsonObject = dict.fromkeys(sorted(built_in_tools.OWN_TOOLS))
    fields["built_in_tools"] = {**off, **(tools if isinstance(tools, dict) else {})}
    return fields


def nested_view(agent: AgentConfig, *, retention_days: int) -> JsonObject:
    """ElevenLabs' sections: defaults, over them what is preserved, over that what is stored.

    Args:
        agent: The stored agent.
        retention_days: The server's own, shown where the agent says nothing.
    """
    preserved = cast(JsonObject, copy_json(agent.settings.preserved))
    tree = cast(JsonObject, overlay(nested_defaults(retention_days), preserved))
    fields = stored_fields(agent)
    for mapping in FIELD_MAPPINGS:
        if mapping.nested is None:
            continue
        value = copy_json(fields[mapping.flat])
        if mapping.nested == BUILT_IN_TOOLS_PATH:
            value = built_in_tools.nested_form(value, get_path(preserved, BUILT_IN_TOOLS_PATH))
        set_path(tree, mapping.nested, value)
    return tree
