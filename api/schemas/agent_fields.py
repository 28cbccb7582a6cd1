"""The flat fields of an agent, as a request may say them.

The bounds repeat those of `data/agent_config.py`, for the API's documentation; a test holds the two together.
Every field is optional and null clears it: what a create needs is checked where it is needed.
"""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, JsonValue

from api.schemas.common import RequestBody

VariableValue = str | int | float | bool

FLAT_EXAMPLE: dict[str, JsonValue] = {
    "name": "Front desk",
    "system_prompt": "You answer the phone of a dental practice. Be brief and friendly.",
    "first_message": "Hello {{name}}, how can I help you?",
    "voice_id": "aura-2-thalia-en",
    "model_name": "llama3.1:8b",
    "interrupt_enabled": True,
    "silence_threshold_sec": 0.8,
    "temperature": 0.2,
    "dynamic_variables": {"name": "there"},
    "built_in_tools": {"end_call": {}, "book_appointment": {}},
    "tags": ["demo"],
}
NESTED_EXAMPLE: dict[str, JsonValue] = {
    "name": "Front desk",
    "tags": ["demo"],
    "conversation_config": {
        "agent": {
            "first_message": "Hello {{name}}, how can I help you?",
            "language": "en",
            "dynamic_variables": {"dynamic_variable_placeholders": {"name": "there"}},
            "prompt": {
                "prompt": "You answer the phone of a dental practice. Be brief and friendly.",
                "llm": "llama3.1:8b",
                "temperature": 0.2,
                "built_in_tools": {"end_call": {}},
            },
        },
        "tts": {"voice_id": "aura-2-thalia-en"},
    },
}


class ToolChoice(RequestBody):
    """How a built-in tool is offered to the model."""

    model_config = ConfigDict(extra="forbid")

    description: str | None = Field(default=None, description="Replaces the tool's own description.")


class DocumentReference(RequestBody):
    """A document of the knowledge base that the agent answers from."""

    model_config = ConfigDict(extra="forbid")

    id: str
    name: str = ""
    type: str = "text"
    usage_mode: str = "auto"


class FlatFields(RequestBody):
    """An agent's own fields, side by side."""

    name: str | None = Field(default=None, min_length=1, description="Display name.")
    system_prompt: str | None = Field(default=None, description="What the agent is and does; may use `{{name}}`.")
    first_message: str | None = Field(
        default=None, description="Spoken when the call starts; empty: the caller speaks first."
    )
    voice_provider: str | None = Field(default=None, description="`deepgram`.")
    voice_id: str | None = Field(default=None, description="A Deepgram voice.")
    model_provider: str | None = Field(default=None, description="`ollama`.")
    model_name: str | None = Field(default=None, description="A model that Ollama has.")
    interrupt_enabled: bool | None = Field(default=None, description="Whether callers may interrupt.")
    silence_threshold_sec: Annotated[float, Field(ge=0.1, le=10)] | None = Field(
        default=None, description="Longest silence, in seconds, after text that could be complete."
    )
    is_active: bool | None = Field(default=None, description="False: callers hear a polite message.")
    language: str | None = Field(default=None, description="BCP 47, such as `en`.")
    temperature: Annotated[float, Field(ge=0, le=2)] | None = None
    num_predict: Annotated[int, Field(ge=-1, le=8192)] | None = Field(
        default=None, description="Most tokens of one reply; -1 leaves it to the model."
    )
    num_ctx: Annotated[int, Field(ge=256, le=1_048_576)] | None = Field(
        default=None, description="Context window in tokens; null keeps the model's own."
    )
    stop: list[str] | None = Field(default=None, description="Texts at which the model stops.")
    history_turns: Annotated[int, Field(ge=0, le=100)] | None = Field(
        default=None, description="How many of the last turns the model sees."
    )
    timezone: str | None = Field(default=None, description="IANA name, such as `Europe/Berlin`; null is UTC.")
    rag_enabled: bool | None = Field(default=None, description="Whether the agent answers from documents.")
    top_k: Annotated[int, Field(ge=1, le=20)] | None = Field(
        default=None, description="How many snippets a question brings along."
    )
    min_similarity: Annotated[float, Field(ge=0, le=1)] | None = Field(
        default=None,
        description="How likely the documents have to hold the answer before they are quoted; 0 quotes always.",
    )
    max_vector_distance: Annotated[float, Field(ge=0, le=2)] | None = Field(
        default=None, description="Cosine distance above which a snippet is left out; 2 leaves none out."
    )
    max_snippet_tokens: Annotated[int, Field(ge=50, le=20_000)] | None = Field(
        default=None, description="Most tokens of all snippets beside one question."
    )
    answers_cache_seconds: Annotated[int, Field(ge=0, le=86_400)] | None = Field(
        default=None,
        description="How long a reply from documents may be said again to the same question; 0 never.",
    )
    dynamic_variables: dict[str, VariableValue | None] | None = Field(
        default=None, description="Placeholders for `{{name}}`; null removes one."
    )
    built_in_tools: dict[str, ToolChoice | None] | None = Field(
        default=None,
        description="`end_call`, `book_appointment`, `skip_turn`; `{}` turns one on, null turns it off.",
    )
    knowledge_base: list[DocumentReference] | None = Field(default=None, description="Attached documents.")
    max_duration_seconds: Annotated[int, Field(ge=10, le=7200)] | None = Field(
        default=None, description="After this a call is ended."
    )
    disable_first_message_interruptions: bool | None = None
    interruption_ignore_terms: list[str] | None = Field(
        default=None, description='Words that never interrupt the agent, besides "uh-huh" and its like.'
    )
    interruption_trigger: Literal["sound", "words"] | None = Field(
        default=None, description="What makes the agent fall silent: speech at once, or recognised words only."
    )
    interruption_sensitivity: Literal["low", "normal", "high"] | None = Field(
        default=None, description="How loud, and how long without a word, speech has to be to interrupt."
    )
    turn_eagerness: Literal["patient", "normal", "eager"] | None = Field(
        default=None, description="How soon the agent takes the word when the caller pauses."
    )
    speculative_turn: bool | None = Field(
        default=None, description="Whether replies may be begun before the caller's turn is certainly over."
    )
    turn_timeout: Annotated[float, Field(ge=-1, le=600)] | None = Field(
        default=None, description="Seconds of silence until the caller is asked whether they are there; -1 never."
    )
    initial_wait_time: Annotated[float, Field(ge=-1, le=600)] | None = Field(
        default=None, description="The same while nobody has spoken at all; null is `turn_timeout`."
    )
    silence_end_call_timeout: Annotated[float, Field(ge=-1, le=7200)] | None = Field(
        default=None,
        description="Seconds without the caller or an answer to them until the call ends; -1: it ends when they "
        "were asked in vain.",
    )
    soft_timeout_sec: Annotated[float, Field(ge=-1, le=30)] | None = Field(
        default=None, description="Seconds of waiting for an answer until something short is said; -1 never."
    )
    soft_timeout_message: Annotated[str, Field(max_length=200)] | None = Field(
        default=None, description="What is said then; empty: a few words of the product's own."
    )
    tags: list[str] | None = None
