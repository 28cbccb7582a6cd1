"""The nested view of an agent before anything is said: ElevenLabs' documented values, ours where they differ.

A real GET returns the whole configuration filled with defaults, and clients read it without asking whether
a key is there. The containers in this tree (object, list) are also the types that writes are held to,
because the official SDK breaks on a text where it expects an object.
"""

from typing import cast

from api.agent_views import built_in_tools
from api.json_tree import JsonObject, Path, copy_json, set_path

_PROMPT: JsonObject = {
    "prompt": "",
    "llm": "",
    "temperature": 0.0,
    "max_tokens": -1,
    "timezone": None,
    "tool_ids": [],
    "tools": [],
    "built_in_tools": dict.fromkeys(built_in_tools.ELEVENLABS_TOOLS),
    "mcp_server_ids": [],
    "native_mcp_server_ids": [],
    "knowledge_base": [],
    "custom_llm": None,
    "ignore_default_personality": False,
    "rag": {
        "enabled": True,
        "embedding_model": "all-MiniLM-L6-v2",
        "min_similarity": 0.0,
        "max_vector_distance": 0.0,
        "max_tokens": 0,
        "max_documents_length": 50000,
        "max_retrieved_rag_chunks_count": 3,
    },
}

_CONVERSATION_CONFIG: JsonObject = {
    "agent": {
        "first_message": "",
        "language": "en",
        "disable_first_message_interruptions": False,
        "max_conversation_duration_message": "",
        "dynamic_variables": {"dynamic_variable_placeholders": {}},
        "prompt": _PROMPT,
    },
    "tts": {
        "voice_id": "",
        "model_id": "aura-2",
        "agent_output_audio_format": "ulaw_8000",
        "stability": 0.5,
        "similarity_boost": 0.8,
        "speed": 1.0,
        "pronunciation_dictionary_locators": [],
    },
    "asr": {
        "quality": "high",
        "provider": "deepgram",
        "user_input_audio_format": "ulaw_8000",
        "keywords": [],
    },
    "turn": {
        "turn_timeout": 7.0,
        "initial_wait_time": None,
        "silence_end_call_timeout": -1.0,
        "mode": "turn",
        "interruption_ignore_terms": [],
        "soft_timeout_config": {"timeout_seconds": 1.2, "message": ""},
    },
    "conversation": {
        "text_only": False,
        "max_duration_seconds": 600,
        "client_events": ["audio", "interruption", "agent_response", "user_transcript"],
    },
    "language_presets": {},
    "vad": {},
}

_PLATFORM_SETTINGS: JsonObject = {
    "evaluation": {"criteria": []},
    "data_collection": {},
    "overrides": {
        "conversation_config_override": {
            "agent": {
                "prompt": {"prompt": False, "llm": False},
                "first_message": False,
                "language": False,
            },
            "tts": {"voice_id": False},
            "conversation": {"text_only": False},
        },
        "custom_llm_extra_body": False,
        "enable_conversation_initiation_client_data_from_webhook": False,
    },
    "workspace_overrides": {"conversation_initiation_client_data_webhook": None, "webhooks": {}},
    "auth": {"enable_auth": False, "allowlist": [], "shareable_token": None},
    "call_limits": {"agent_concurrency_limit": -1, "daily_limit": 100000, "bursting_enabled": True},
    "privacy": {
        "record_voice": False,
        "retention_days": -1,
        "delete_transcript_and_pii": False,
        "delete_audio": False,
        "apply_to_existing_conversations": False,
        "zero_retention_mode": False,
    },
    "summary_language": None,
    "analysis_llm": None,
    "archived": False,
    "guardrails": {},
    "widget": {},
}

_TREE: JsonObject = {
    "conversation_config": _CONVERSATION_CONFIG,
    "platform_settings": _PLATFORM_SETTINGS,
    "workflow": {"edges": {}, "nodes": {}, "prevent_subagent_loops": False},
    "procedures": {},
}

NESTED_SECTIONS = tuple(_TREE)
"""Top-level keys under which what this version does not act on is kept."""


NULLABLE_OBJECTS: tuple[Path, ...] = (
    ("conversation_config", "agent", "prompt", "custom_llm"),
    ("platform_settings", "workspace_overrides", "conversation_initiation_client_data_webhook"),
)
"""Paths that are null by default and otherwise hold an object."""


def nested_defaults(retention_days: int) -> JsonObject:
    """A fresh copy of the whole default tree.

    Args:
        retention_days: How long this server keeps conversations; 0 for ever, which ElevenLabs writes as -1.
    """
    tree = cast(JsonObject, copy_json(_TREE))
    set_path(tree, ("platform_settings", "privacy", "retention_days"), retention_days or -1)
    return tree
