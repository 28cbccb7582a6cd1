"""The one table that says where each field of an agent stands: stored, flat and nested.

Adding a field to agents means: add it to `data/agent_config.py`, add a row here, and add it to the flat
schema in `api/schemas/agents.py`. Reading, writing, comparing and error locations follow from the row.
"""

import re
import zoneinfo
from collections.abc import Callable
from dataclasses import dataclass

from pydantic import JsonValue

from api.agent_views import built_in_tools
from api.json_tree import Path


def _same(value: JsonValue) -> JsonValue:
    return value


def _no_check(value: JsonValue) -> None:
    del value


def _require_time_zone(value: JsonValue) -> None:
    if value is None:
        return
    try:
        zoneinfo.ZoneInfo(str(value))
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError("Unknown time zone. Use an IANA name such as 'Europe/Berlin'.") from error


def _refuse_reserved_names(value: JsonValue) -> None:
    reserved = [name for name in value if name.startswith("system__")] if isinstance(value, dict) else []
    if reserved:
        raise ValueError(f"Names that begin with 'system__' are reserved: {', '.join(sorted(reserved))}.")


def _require_text(value: JsonValue) -> None:
    if not str(value).strip():
        raise ValueError("Must not be empty.")


def _require_language(value: JsonValue) -> None:
    if _LANGUAGE.fullmatch(str(value)) is None:
        raise ValueError("Not a language. Use a BCP 47 code such as 'en' or 'pt-BR', or 'multi'.")


def _require(provider: str) -> Callable[[JsonValue], None]:
    """Only what calls can really use is taken: another name would be stored and never acted on."""

    def check(value: JsonValue) -> None:
        if value != provider:
            raise ValueError(f"Only '{provider}' is available.")

    return check


_LANGUAGE = re.compile(r"multi|[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")


@dataclass(frozen=True, slots=True)
class FieldMapping:
    """One field of an agent in its three places.

    Attributes:
        flat: Its key in the flat view.
        stored: Where it stands in `AgentConfig`.
        nested: Where ElevenLabs' shape has it; None for a field that is only shown flat.
        clearable: False when null is refused, because there is no sensible empty value.
        from_nested: Turns the nested value (or a partial change of it) into the flat form.
        check: Raises ValueError with a message for a person when a value of the right type is still wrong.
    """

    flat: str
    stored: Path
    nested: Path | None = None
    clearable: bool = True
    from_nested: Callable[[JsonValue], JsonValue] = _same
    check: Callable[[JsonValue], None] = _no_check


_AGENT: Path = ("conversation_config", "agent")
_PROMPT: Path = (*_AGENT, "prompt")
_RAG: Path = (*_PROMPT, "rag")
_TURN: Path = ("conversation_config", "turn")
BUILT_IN_TOOLS_PATH: Path = (*_PROMPT, "built_in_tools")

FIELD_MAPPINGS: tuple[FieldMapping, ...] = (
    FieldMapping("name", ("name",), ("name",), clearable=False, check=_require_text),
    FieldMapping("system_prompt", ("system_prompt",), (*_PROMPT, "prompt")),
    FieldMapping("first_message", ("first_message",), (*_AGENT, "first_message")),
    FieldMapping("voice_provider", ("voice_provider",), check=_require("deepgram")),
    FieldMapping("voice_id", ("voice_id",), ("conversation_config", "tts", "voice_id"), check=_require_text),
    FieldMapping("model_provider", ("model_provider",), check=_require("ollama")),
    FieldMapping("model_name", ("model_name",), (*_PROMPT, "llm"), check=_require_text),
    FieldMapping("interrupt_enabled", ("interrupt_enabled",), (*_TURN, "interrupt_enabled")),
    FieldMapping("silence_threshold_sec", ("silence_threshold_sec",), (*_TURN, "silence_threshold_sec")),
    FieldMapping(
        "interruption_ignore_terms",
        ("settings", "interruption_ignore_terms"),
        (*_TURN, "interruption_ignore_terms"),
    ),
    FieldMapping("is_active", ("is_active",)),
    FieldMapping("language", ("settings", "language"), (*_AGENT, "language"), check=_require_language),
    FieldMapping("temperature", ("settings", "temperature"), (*_PROMPT, "temperature")),
    FieldMapping("num_predict", ("settings", "num_predict"), (*_PROMPT, "max_tokens")),
    FieldMapping("num_ctx", ("settings", "num_ctx")),
    FieldMapping("stop", ("settings", "stop")),
    FieldMapping("history_turns", ("settings", "history_turns")),
    FieldMapping("timezone", ("settings", "timezone"), (*_PROMPT, "timezone"), check=_require_time_zone),
    FieldMapping("rag_enabled", ("settings", "rag", "enabled"), (*_RAG, "enabled")),
    FieldMapping("top_k", ("settings", "rag", "top_k"), (*_RAG, "max_retrieved_rag_chunks_count")),
    FieldMapping("min_similarity", ("settings", "rag", "min_similarity"), (*_RAG, "min_similarity")),
    FieldMapping(
        "max_vector_distance", ("settings", "rag", "max_vector_distance"), (*_RAG, "max_vector_distance")
    ),
    FieldMapping("answers_cache_seconds", ("settings", "answers_cache_seconds")),
    FieldMapping("max_snippet_tokens", ("settings", "rag", "max_tokens"), (*_RAG, "max_tokens")),
    FieldMapping(
        "dynamic_variables",
        ("settings", "dynamic_variables"),
        (*_AGENT, "dynamic_variables", "dynamic_variable_placeholders"),
        check=_refuse_reserved_names,
    ),
    FieldMapping(
        "built_in_tools",
        ("settings", "built_in_tools"),
        BUILT_IN_TOOLS_PATH,
        from_nested=built_in_tools.flat_form,
    ),
    FieldMapping("knowledge_base", ("settings", "knowledge_base"), (*_PROMPT, "knowledge_base")),
    FieldMapping(
        "max_duration_seconds",
        ("settings", "max_duration_seconds"),
        ("conversation_config", "conversation", "max_duration_seconds"),
    ),
    FieldMapping(
        "disable_first_message_interruptions",
        ("settings", "disable_first_message_interruptions"),
        (*_AGENT, "disable_first_message_interruptions"),
    ),
    FieldMapping("interruption_trigger", ("settings", "interruption_trigger"), (*_TURN, "interruption_trigger")),
    FieldMapping(
        "interruption_sensitivity", ("settings", "interruption_sensitivity"), (*_TURN, "interruption_sensitivity")
    ),
    FieldMapping("turn_eagerness", ("settings", "turn_eagerness"), (*_TURN, "turn_eagerness")),
    FieldMapping("speculative_turn", ("settings", "speculative_turn"), (*_TURN, "speculative_turn")),
    FieldMapping("turn_timeout", ("settings", "turn_timeout"), (*_TURN, "turn_timeout")),
    FieldMapping("initial_wait_time", ("settings", "initial_wait_time"), (*_TURN, "initial_wait_time")),
    FieldMapping(
        "silence_end_call_timeout",
        ("settings", "silence_end_call_timeout"),
        (*_TURN, "silence_end_call_timeout"),
    ),
    FieldMapping(
        "soft_timeout_sec",
        ("settings", "soft_timeout_sec"),
        (*_TURN, "soft_timeout_config", "timeout_seconds"),
    ),
    FieldMapping(
        "soft_timeout_message",
        ("settings", "soft_timeout_message"),
        (*_TURN, "soft_timeout_config", "message"),
    ),
    FieldMapping("tags", ("settings", "tags"), ("tags",)),
)
