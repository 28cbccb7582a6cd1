"""Bodies of the agent routes.

One agent, two views: the flat fields, and ElevenLabs' nested sections. Requests may use either or both;
responses show both. The sections are open objects here, because keys that this version does not act on are
kept and shown again; `api/agent_views/nested_defaults.py` has their whole shape.
"""

from datetime import datetime
from typing import Literal

from pydantic import ConfigDict, Field, JsonValue

from api.schemas.agent_fields import FLAT_EXAMPLE, NESTED_EXAMPLE, FlatFields, VariableValue
from api.schemas.common import AccessInfo, RequestBody, ResponseBody

_SECTION = "ElevenLabs' section of this name; unknown keys are kept and shown again."


class AgentBody(FlatFields):
    """An agent to be made, or changes to one: flat fields, nested sections, or both."""

    model_config = ConfigDict(
        frozen=True, extra="allow", json_schema_extra={"examples": [FLAT_EXAMPLE, NESTED_EXAMPLE]}
    )

    conversation_config: dict[str, JsonValue] | None = Field(default=None, description=_SECTION)
    platform_settings: dict[str, JsonValue] | None = Field(default=None, description=_SECTION)
    workflow: dict[str, JsonValue] | None = Field(default=None, description=_SECTION)
    procedures: dict[str, JsonValue] | None = Field(default=None, description=_SECTION)

    def given(self) -> dict[str, JsonValue]:
        """What the client really sent, nulls included and defaults left out."""
        return self.model_dump(mode="json", exclude_unset=True)


class DuplicateBody(RequestBody):
    """How a copy differs."""

    model_config = ConfigDict(frozen=True, json_schema_extra={"examples": [{"name": "Front desk, evenings"}]})

    name: str | None = Field(default=None, min_length=1, description="The copy's name.")


class AgentCreated(ResponseBody):
    """The id of a new agent."""

    agent_id: str = Field(examples=["agent_01jb3kq8n5t6v7w8x9y0z1a2b3"])


class AgentMetadata(ResponseBody):
    """When an agent was made and last changed."""

    created_at_unix_secs: int
    updated_at_unix_secs: int


class AssignedPhoneNumber(ResponseBody):
    """A number whose calls reach the agent."""

    provider: str = "twilio"
    phone_number: str
    label: str
    phone_number_id: str
    supports_inbound: bool
    supports_outbound: bool


class ToolShown(ResponseBody):
    """A built-in tool that is on."""

    description: str


class DocumentShown(ResponseBody):
    """An attached document."""

    id: str
    name: str
    type: str
    usage_mode: str


class AgentDetail(ResponseBody):
    """One agent, whole, in both views. A valid PATCH body, changed or not."""

    agent_id: str
    name: str
    system_prompt: str
    first_message: str
    voice_provider: str
    voice_id: str
    model_provider: str
    model_name: str
    interrupt_enabled: bool
    silence_threshold_sec: float
    is_active: bool
    language: str
    temperature: float
    num_predict: int
    num_ctx: int | None
    stop: list[str]
    history_turns: int
    timezone: str | None
    rag_enabled: bool
    top_k: int
    min_similarity: float
    max_vector_distance: float
    max_snippet_tokens: int
    answers_cache_seconds: int
    dynamic_variables: dict[str, VariableValue]
    built_in_tools: dict[str, ToolShown | None] = Field(description="Null: off.")
    knowledge_base: list[DocumentShown]
    max_duration_seconds: int
    disable_first_message_interruptions: bool
    interruption_ignore_terms: list[str]
    turn_timeout: float
    initial_wait_time: float | None
    silence_end_call_timeout: float
    soft_timeout_sec: float
    soft_timeout_message: str
    interruption_trigger: Literal["sound", "words"]
    interruption_sensitivity: Literal["low", "normal", "high"]
    turn_eagerness: Literal["patient", "normal", "eager"]
    speculative_turn: bool
    tags: list[str]
    created_at: datetime
    updated_at: datetime
    conversation_config: dict[str, JsonValue] = Field(description=_SECTION)
    platform_settings: dict[str, JsonValue] = Field(description=_SECTION)
    workflow: dict[str, JsonValue] = Field(description=_SECTION)
    procedures: dict[str, JsonValue] = Field(description=_SECTION)
    metadata: AgentMetadata
    access_info: AccessInfo = AccessInfo()
    phone_numbers: list[AssignedPhoneNumber] = Field(default_factory=list)
    version_id: str | None = None
    branch_id: str | None = None
    main_branch_id: str | None = None


class AgentSummary(ResponseBody):
    """One agent in a list."""

    agent_id: str
    name: str
    voice_id: str
    model_name: str
    is_active: bool
    tags: list[str]
    created_at_unix_secs: int
    updated_at_unix_secs: int
    access_info: AccessInfo = AccessInfo()
    last_call_time_unix_secs: int | None = None
    archived: bool


class AgentPage(ResponseBody):
    """A page of agents."""

    agents: list[AgentSummary]
    has_more: bool
    next_cursor: str | None
