"""What an agent is: the value that storage keeps, REST shows and a call is made from.

Two halves. `AgentConfig` carries the columns the seeds name; `AgentSettings` is everything else, one
validated JSON column. Both are frozen: a call works on the agent as it was when the call began.
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, JsonValue

DEFAULT_VOICE = "aura-2-thalia-en"
DEFAULT_MODEL = "llama3.1:8b"
DEFAULT_MAX_DURATION_SECONDS = 600

VariableValue = str | int | float | bool
"""What a dynamic variable may hold."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class BuiltInTool(StrEnum):
    """Tools that come with the product; keys of `built_in_tools`."""

    END_CALL = "end_call"
    BOOK_APPOINTMENT = "book_appointment"
    SKIP_TURN = "skip_turn"


class InterruptionTrigger(StrEnum):
    """What makes an agent fall silent while it speaks."""

    SOUND = "sound"
    """Speech pauses it at once, and words or speech that goes on take the word."""
    WORDS = "words"
    """Nothing but recognised words: later, and deaf to noise."""


class InterruptionSensitivity(StrEnum):
    """How easily a sound makes an agent fall silent."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"


class TurnEagerness(StrEnum):
    """How soon an agent takes the word when the caller pauses."""

    PATIENT = "patient"
    NORMAL = "normal"
    EAGER = "eager"


class BuiltInToolSettings(_Frozen):
    """How one built-in tool is offered to the model."""

    description: str = ""
    """Replaces the built-in description; empty keeps it."""


class KnowledgeReference(_Frozen):
    """A document attached to an agent."""

    id: str
    name: str = ""
    type: str = "text"
    usage_mode: str = "auto"


class RagSettings(_Frozen):
    """Retrieval from the agent's own documents."""

    enabled: bool = True
    top_k: Annotated[int, Field(ge=1, le=20)] = 3
    min_similarity: Annotated[float, Field(ge=0, le=1)] = 0.7
    """How likely the documents have to hold the answer before they are quoted; 0 quotes always."""
    max_vector_distance: Annotated[float, Field(ge=0, le=2)] = 2.0
    """Cosine distance above which a chunk is not given to the model; 2 leaves it to `min_similarity`."""
    max_tokens: Annotated[int, Field(ge=50, le=20_000)] = 600
    """Most tokens of all snippets beside one question: what is read costs the caller waiting."""


class AgentSettings(_Frozen):
    """Everything about an agent that has no column of its own."""

    language: str = "en"
    temperature: Annotated[float, Field(ge=0, le=2)] = 0.2
    num_predict: Annotated[int, Field(ge=-1, le=8192)] = 512
    """Most tokens of one reply; -1 leaves it to the model."""
    num_ctx: Annotated[int, Field(ge=256, le=1_048_576)] | None = None
    """Context window asked of Ollama; None keeps the model's own."""
    stop: tuple[str, ...] = ("User:", "Assistant:")
    history_turns: Annotated[int, Field(ge=0, le=100)] = 6
    """How many of the last turns (caller and agent each count as one) the model sees."""
    timezone: str | None = None
    """IANA name for the agent's clock; None is UTC."""
    rag: RagSettings = RagSettings()
    answers_cache_seconds: Annotated[int, Field(ge=0, le=86_400)] = 0
    """How long a reply from documents may be said again to the same question; 0 asks the model every time."""
    dynamic_variables: dict[str, VariableValue] = Field(default_factory=dict)
    """Placeholders for `{{name}}`; a call's own variables win."""
    built_in_tools: dict[BuiltInTool, BuiltInToolSettings] = Field(
        default_factory=lambda: {BuiltInTool.END_CALL: BuiltInToolSettings()}
    )
    knowledge_base: tuple[KnowledgeReference, ...] = ()
    max_duration_seconds: Annotated[int, Field(ge=10, le=7200)] = DEFAULT_MAX_DURATION_SECONDS
    disable_first_message_interruptions: bool = False
    interruption_ignore_terms: Annotated[tuple[str, ...], Field(max_length=100)] = ()
    """Words and phrases that never interrupt the agent, besides "uh-huh" and its like."""
    interruption_trigger: InterruptionTrigger = InterruptionTrigger.SOUND
    """What makes the agent fall silent while it speaks."""
    interruption_sensitivity: InterruptionSensitivity = InterruptionSensitivity.NORMAL
    """How loud, and for how long without a word, speech has to be for that."""
    turn_eagerness: TurnEagerness = TurnEagerness.NORMAL
    """How soon the agent takes the word when the caller pauses."""
    speculative_turn: bool = True
    """Whether replies may be begun before the caller's turn is certainly over."""
    turn_timeout: Annotated[float, Field(ge=-1, le=600)] = 7.0
    """Seconds of silence after which the caller is asked whether they are there; -1 never."""
    initial_wait_time: Annotated[float, Field(ge=-1, le=600)] | None = None
    """The same while nobody has spoken at all; None is `turn_timeout`."""
    silence_end_call_timeout: Annotated[float, Field(ge=-1, le=7200)] = -1.0
    """Seconds since the caller or an answer to them was last heard, after which the call ends; -1: it ends when
    the caller was asked in vain."""
    soft_timeout_sec: Annotated[float, Field(ge=-1, le=30)] = 1.2
    """Seconds that a caller waits for an answer in silence before something short is said; -1 never."""
    soft_timeout_message: Annotated[str, Field(max_length=200)] = ""
    """What is said then; empty: a few words of the product's own."""
    tags: tuple[str, ...] = ()
    preserved: dict[str, JsonValue] = Field(default_factory=dict)
    """ElevenLabs keys that this version stores and shows but does not act on, in their own nesting
    (`{"conversation_config": {…}, "platform_settings": {…}}`), so that a client's GET equals its PUT."""


class AgentConfig(_Frozen):
    """One agent, whole."""

    agent_id: str
    workspace_id: str
    name: str
    system_prompt: str
    first_message: str = ""
    """Spoken when the call starts; empty means that the caller speaks first."""
    voice_provider: str = "deepgram"
    voice_id: str = DEFAULT_VOICE
    model_provider: str = "ollama"
    model_name: str = DEFAULT_MODEL
    interrupt_enabled: bool = True
    silence_threshold_sec: Annotated[float, Field(ge=0.1, le=10)] = 0.8
    """Longest silence, in seconds, that is waited for after text that could be complete."""
    is_active: bool = True
    created_at: datetime
    updated_at: datetime
    settings: AgentSettings = AgentSettings()
