"""What is written in one view reads back in both, whichever field it is."""

from datetime import UTC, datetime
from typing import cast

import pytest
from fastapi.exceptions import RequestValidationError
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from api.agent_views.blank_agent import blank_agent
from api.agent_views.field_mappings import FIELD_MAPPINGS, FieldMapping
from api.agent_views.read import flat_view, nested_view, stored_fields
from api.agent_views.write import apply_changes
from api.json_tree import JsonObject, get_path, same_json, set_path
from config.settings import Settings
from data.agent_config import AgentConfig

SETTINGS = Settings(database_url="sqlite:///unused.db")
BLANK = blank_agent(SETTINGS, agent_id="agent_1", workspace_id="ws_1", at=datetime(2026, 1, 1, tzinfo=UTC))
PROMPT = ("conversation_config", "agent", "prompt")

_words = st.text("abcXYZ äß{}\n'\"", min_size=1, max_size=20).filter(lambda text: bool(text.strip()))
_numbers = st.floats(allow_nan=False, allow_infinity=False)
_documents: st.SearchStrategy[JsonValue] = st.fixed_dictionaries(
    {"id": _words, "name": _words, "type": _words, "usage_mode": _words}
)
_VALUES: dict[str, st.SearchStrategy[JsonValue]] = {
    "name": _words,
    "system_prompt": _words,
    "first_message": _words,
    "voice_provider": st.just("deepgram"),
    "voice_id": _words,
    "model_provider": st.just("ollama"),
    "model_name": _words,
    "interrupt_enabled": st.booleans(),
    "silence_threshold_sec": st.floats(0.1, 10),
    "is_active": st.booleans(),
    "language": st.sampled_from(["en", "pt-BR", "multi"]),
    "temperature": st.floats(0, 2),
    "num_predict": st.integers(-1, 8192),
    "num_ctx": st.integers(256, 1_048_576),
    "stop": st.lists(_words, max_size=3),
    "history_turns": st.integers(0, 100),
    "timezone": st.sampled_from(["UTC", "Europe/Berlin"]),
    "rag_enabled": st.booleans(),
    "top_k": st.integers(1, 20),
    "min_similarity": st.floats(0, 1),
    "max_vector_distance": st.floats(0, 2),
    "answers_cache_seconds": st.integers(0, 86_400),
    "max_snippet_tokens": st.integers(50, 20_000),
    "dynamic_variables": st.dictionaries(_words, _words | _numbers | st.booleans() | st.integers(), max_size=3),
    "knowledge_base": st.lists(_documents, max_size=2),
    "max_duration_seconds": st.integers(10, 7200),
    "disable_first_message_interruptions": st.booleans(),
    "interruption_ignore_terms": st.lists(_words, max_size=3),
    "interruption_trigger": st.sampled_from(["sound", "words"]),
    "interruption_sensitivity": st.sampled_from(["low", "normal", "high"]),
    "turn_timeout": st.sampled_from([-1.0, 0.5, 7.0, 600.0]),
    "initial_wait_time": st.none() | st.sampled_from([-1.0, 5.0]),
    "silence_end_call_timeout": st.sampled_from([-1.0, 20.0]),
    "soft_timeout_sec": st.sampled_from([-1.0, 1.2, 30.0]),
    "soft_timeout_message": st.sampled_from(["", "Let me see."]),
    "turn_eagerness": st.sampled_from(["patient", "normal", "eager"]),
    "speculative_turn": st.booleans(),
    "tags": st.lists(_words, max_size=3),
    "built_in_tools": st.fixed_dictionaries(
        {},
        optional={
            "end_call": st.just({"description": "x"}),
            "book_appointment": st.just({"description": ""}),
            "skip_turn": st.just({"description": ""}),
        },
    ),
}


def change(agent: AgentConfig, body: JsonObject) -> AgentConfig:
    return apply_changes(agent, body, blank=BLANK, retention_days=30)


def shown(agent: AgentConfig) -> JsonObject:
    return {**flat_view(agent), **nested_view(agent, retention_days=30)}


def at_path(path: tuple[str, ...], value: JsonValue) -> JsonObject:
    body: JsonObject = {}
    set_path(body, path, value)
    return body


def problems(agent: AgentConfig, body: JsonObject) -> list[dict[str, object]]:
    with pytest.raises(RequestValidationError) as raised:
        change(agent, body)
    return cast(list[dict[str, object]], list(raised.value.errors()))


def test_every_field_has_a_strategy() -> None:
    assert set(_VALUES) == {mapping.flat for mapping in FIELD_MAPPINGS}


def test_every_stored_setting_is_mapped() -> None:
    stored = {mapping.stored for mapping in FIELD_MAPPINGS}
    columns = {name for name in AgentConfig.model_fields if name not in _NOT_FIELDS}
    settings = {
        ("settings", name) for name in type(BLANK.settings).model_fields if name not in ("rag", "preserved")
    }
    rag = {("settings", "rag", name) for name in type(BLANK.settings.rag).model_fields}
    assert stored == {(name,) for name in columns} | settings | rag


_NOT_FIELDS = {"agent_id", "workspace_id", "created_at", "updated_at", "settings"}


@given(data=st.data(), mapping=st.sampled_from(FIELD_MAPPINGS), nested=st.booleans())
def test_one_field_in_either_view_reads_back_in_both(
    data: st.DataObject, mapping: FieldMapping, nested: bool
) -> None:
    value = data.draw(_VALUES[mapping.flat])
    path = mapping.nested if nested and mapping.nested else (mapping.flat,)
    agent = change(BLANK, at_path(path, value))
    assert stored_fields(agent).keys() == stored_fields(BLANK).keys()
    for other in FIELD_MAPPINGS:
        if other is not mapping:
            assert same_json(stored_fields(agent)[other.flat], stored_fields(BLANK)[other.flat])
    view = shown(agent)
    in_flat = view[mapping.flat]
    in_nested = get_path(view, mapping.nested) if mapping.nested else in_flat
    if mapping.flat == "built_in_tools":
        assert isinstance(in_flat, dict)
        assert isinstance(in_nested, dict)
        for tool, choice in cast(JsonObject, value).items():
            assert in_flat[tool] == choice
            assert get_path(in_nested, (tool, "description")) == cast(JsonObject, choice)["description"]
    else:
        assert in_flat == value
        assert in_nested == value


@given(data=st.data(), mapping=st.sampled_from(FIELD_MAPPINGS), nested=st.booleans())
def test_a_get_body_with_one_field_changed_in_one_view_is_valid(
    data: st.DataObject, mapping: FieldMapping, nested: bool
) -> None:
    before = change(BLANK, {"dynamic_variables": {"a": 1}, "timezone": "Europe/Paris", "tags": ["x"]})
    value = data.draw(_VALUES[mapping.flat])
    path = mapping.nested if nested and mapping.nested else (mapping.flat,)
    body = shown(before)
    set_path(body, path, value)
    alone = change(before, at_path(path, value))
    assert change(before, body) == alone


def test_a_get_body_changes_nothing() -> None:
    agent = change(BLANK, {"conversation_config": {"turn": {"turn_timeout": 5}, "tts": {"speed": 1.1}}})
    assert change(agent, {**shown(agent), "agent_id": "other", "metadata": {}}) is agent


def test_both_views_may_change_if_they_agree() -> None:
    agent = change(BLANK, {"temperature": 1, **at_path((*PROMPT, "temperature"), 1.0)})
    assert agent.settings.temperature == 1.0


def test_views_that_disagree_are_refused() -> None:
    found = problems(BLANK, {"temperature": 1, **at_path((*PROMPT, "temperature"), 0.5)})
    assert [(problem["type"], problem["loc"]) for problem in found] == [
        ("conflicting_views", ("body", "temperature"))
    ]


def test_unknown_flat_keys_are_refused_with_a_hint() -> None:
    (problem,) = problems(BLANK, {"sytem_prompt": "x"})
    assert problem["loc"] == ("body", "sytem_prompt")
    assert "Did you mean 'system_prompt'?" in str(problem["msg"])


def test_errors_are_located_where_the_client_wrote() -> None:
    assert problems(BLANK, {"temperature": 3})[0]["loc"] == ("body", "temperature")
    (problem,) = problems(BLANK, at_path((*PROMPT, "temperature"), 3))
    assert problem["loc"] == ("body", *PROMPT, "temperature")
    assert "less than or equal to 2" in str(problem["msg"])
    (problem,) = problems(BLANK, at_path((*PROMPT, "knowledge_base"), [{"name": "no id"}]))
    assert problem["loc"] == ("body", *PROMPT, "knowledge_base", 0, "id")


def test_wrong_containers_are_refused() -> None:
    assert problems(BLANK, {"conversation_config": {"agent": "x"}})[0]["loc"] == (
        "body",
        "conversation_config",
        "agent",
    )
    assert problems(BLANK, at_path((*PROMPT, "tool_ids"), "tool_1"))[0]["type"] == "list_type"
    assert problems(BLANK, at_path((*PROMPT, "custom_llm"), "http://x"))[0]["type"] == "dict_type"
    assert problems(BLANK, at_path((*PROMPT, "built_in_tools", "end_call"), True))[0]["type"] == "dict_type"


def test_unmodelled_keys_are_kept_merged_and_cleared() -> None:
    path = ("conversation_config", "tts", "future_key")
    agent = change(BLANK, at_path(path, {"a": [1, None], "b": 2}))
    agent = change(agent, at_path(path, {"b": 3}))
    assert get_path(shown(agent), path) == {"a": [1, None], "b": 3}
    agent = change(agent, at_path(path, None))
    assert "future_key" not in cast(JsonObject, get_path(shown(agent), path[:-1]))
    assert same_json(shown(agent), shown(BLANK))


def test_null_for_a_group_of_fields_leaves_them_alone() -> None:
    agent = change(BLANK, {"system_prompt": "Keep me."})
    assert change(agent, {"conversation_config": None}) is agent
    assert change(agent, at_path(PROMPT, None)) is agent


def test_null_clears_a_field() -> None:
    agent = change(BLANK, {"temperature": 1, "first_message": "Hi", "timezone": "UTC"})
    agent = change(agent, {"temperature": None, "timezone": None, **at_path((*PROMPT[:2], "first_message"), None)})
    assert agent == BLANK
    assert problems(BLANK, {"name": None})[0]["loc"] == ("body", "name")


def test_objects_merge_and_null_removes_a_member() -> None:
    agent = change(BLANK, {"dynamic_variables": {"a": 1, "b": True}})
    agent = change(agent, {"dynamic_variables": {"a": None, "c": "x"}})
    assert agent.settings.dynamic_variables == {"b": True, "c": "x"}


def test_true_and_one_are_different_variables() -> None:
    agent = change(BLANK, {"dynamic_variables": {"a": 1}})
    assert change(agent, {"dynamic_variables": {"a": True}}).settings.dynamic_variables["a"] is True


def test_reserved_variables_and_unknown_time_zones_are_refused() -> None:
    assert "reserved" in str(problems(BLANK, {"dynamic_variables": {"system__x": 1}})[0]["msg"])
    assert "IANA" in str(problems(BLANK, {"timezone": "Mars/Base"})[0]["msg"])
    assert "IANA" in str(problems(BLANK, {"timezone": "../../etc/passwd"})[0]["msg"])


def test_tools_of_elevenlabs_are_normalised_and_kept() -> None:
    transfers: JsonValue = [{"phone_number": "+15550001111", "condition": "asked for a person"}]
    tools: JsonObject = {
        "end_call": {"response_timeout_secs": 5},
        "transfer_to_number": {"transfers": transfers},
        "book_appointment": {},
    }
    path = (*PROMPT, "built_in_tools")
    agent = change(BLANK, at_path(path, tools))
    seen = get_path(shown(agent), path)
    assert get_path(seen, ("transfer_to_number",)) == {
        "type": "system",
        "name": "transfer_to_number",
        "description": "",
        "params": {"system_tool_type": "transfer_to_number", "transfers": transfers},
    }
    assert get_path(seen, ("end_call", "response_timeout_secs")) == 5
    assert get_path(seen, ("book_appointment", "type")) == "system"
    assert change(agent, at_path(path, seen)) is agent
    off = change(agent, at_path(path, {"end_call": None, "transfer_to_number": None}))
    assert [get_path(shown(off), (*path, name)) for name in ("end_call", "transfer_to_number")] == [
        None,
        None,
    ]
    assert list(off.settings.built_in_tools) == ["book_appointment"]


def test_an_unknown_flat_tool_is_refused() -> None:
    assert problems(BLANK, {"built_in_tools": {"fly": {}}})[0]["loc"] == (
        "body",
        "built_in_tools",
        "fly",
        "[key]",
    )


@pytest.mark.parametrize(
    ("flat", "nested"),
    [
        ("system_prompt", "agent.prompt.prompt"),
        ("first_message", "agent.first_message"),
        ("language", "agent.language"),
        ("disable_first_message_interruptions", "agent.disable_first_message_interruptions"),
        ("interruption_ignore_terms", "turn.interruption_ignore_terms"),
        ("turn_eagerness", "turn.turn_eagerness"),
        ("speculative_turn", "turn.speculative_turn"),
        ("interruption_trigger", "turn.interruption_trigger"),
        ("interruption_sensitivity", "turn.interruption_sensitivity"),
        ("turn_timeout", "turn.turn_timeout"),
        ("initial_wait_time", "turn.initial_wait_time"),
        ("silence_end_call_timeout", "turn.silence_end_call_timeout"),
        ("soft_timeout_sec", "turn.soft_timeout_config.timeout_seconds"),
        ("soft_timeout_message", "turn.soft_timeout_config.message"),
        ("dynamic_variables", "agent.dynamic_variables.dynamic_variable_placeholders"),
        ("model_name", "agent.prompt.llm"),
        ("temperature", "agent.prompt.temperature"),
        ("num_predict", "agent.prompt.max_tokens"),
        ("timezone", "agent.prompt.timezone"),
        ("built_in_tools", "agent.prompt.built_in_tools"),
        ("knowledge_base", "agent.prompt.knowledge_base"),
        ("rag_enabled", "agent.prompt.rag.enabled"),
        ("top_k", "agent.prompt.rag.max_retrieved_rag_chunks_count"),
        ("min_similarity", "agent.prompt.rag.min_similarity"),
        ("max_vector_distance", "agent.prompt.rag.max_vector_distance"),
        ("max_snippet_tokens", "agent.prompt.rag.max_tokens"),
        ("voice_id", "tts.voice_id"),
        ("max_duration_seconds", "conversation.max_duration_seconds"),
        ("interrupt_enabled", "turn.interrupt_enabled"),
        ("silence_threshold_sec", "turn.silence_threshold_sec"),
    ],
)
def test_nested_places_are_elevenlabs_own(flat: str, nested: str) -> None:
    """Written out here, because the property tests above take the table's word for it."""
    (mapping,) = (mapping for mapping in FIELD_MAPPINGS if mapping.flat == flat)
    assert mapping.nested == ("conversation_config", *nested.split("."))


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("language", "klingon!", "BCP 47"),
        ("voice_provider", "elevenlabs", "'deepgram'"),
        ("model_provider", "openai", "'ollama'"),
    ],
)
def test_what_no_call_could_act_on_is_refused(field: str, value: str, says: str) -> None:
    with pytest.raises(RequestValidationError) as refused:
        change(BLANK, {field: value})
    assert says in str(refused.value.errors())
