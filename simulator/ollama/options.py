"""Everything that a test, a bench or the command line may set about the stand-in."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from simulator.ollama.faults import Fault
from simulator.ollama.models import LIBRARY, SimulatedModel


class ScriptedCall(BaseModel):
    """A tool call of a scripted reply."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    arguments: dict[str, JsonValue] = Field(default_factory=dict)


class ScriptedReply(BaseModel):
    """An exact reply to a user text, in place of the rules."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    match: str
    """Regular expression, searched (ignoring case) in the newest user text; a tool result's turn is never
    scripted unless `after_tool` is set."""
    text: str = ""
    thinking: str = ""
    tool_calls: tuple[ScriptedCall, ...] = ()
    after_tool: bool = False
    """Holds for the turn that follows a tool's result instead of the turn of the request itself."""
    uses: Annotated[int, Field(ge=1)] | None = None
    """How often it may be used; None is without end."""


class OllamaOptions(BaseModel):
    """How the stand-in behaves. Times are seconds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: str = "0.14.2"
    models: tuple[SimulatedModel, ...] = LIBRARY
    """What `/api/pull` finds."""
    installed: tuple[str, ...] | None = None
    """Names of the models that are there from the start; None is all of `models`."""
    preloaded: tuple[str, ...] = ()
    """Names of the models that need no load time on first use."""
    num_parallel: Annotated[int, Field(ge=1)] = 4
    """`OLLAMA_NUM_PARALLEL`: how many requests of one model are generated at once."""
    max_queue: Annotated[int, Field(ge=0)] = 512
    """`OLLAMA_MAX_QUEUE`: how many requests may wait for a slot."""
    load_seconds: Annotated[float, Field(ge=0)] = 0.3
    keep_alive_seconds: float = 300.0
    """`OLLAMA_KEEP_ALIVE`, used where a request names none; below 0 is for ever."""
    first_token_seconds: Annotated[float, Field(ge=0)] = 0.2
    """From getting a slot to the first token, with a warm prompt."""
    prompt_tokens_per_second: Annotated[float, Field(ge=0)] = 0.0
    """Speed of evaluating the prompt tokens that are not in the slot's cache; 0 costs no time."""
    tokens_per_second: Annotated[float, Field(gt=0)] = 60.0
    jitter: Annotated[float, Field(ge=0, le=1)] = 0.1
    """Spread of every token's time as a share of the time between two tokens."""
    default_num_ctx: Annotated[int, Field(ge=64)] = 4096
    """`OLLAMA_CONTEXT_LENGTH`: older messages beyond it are dropped, as Ollama does silently."""
    scripts: tuple[ScriptedReply, ...] = ()
    faults: tuple[Fault, ...] = ()
    remembered_requests: Annotated[int, Field(ge=0)] = 100
    """How many of the last requests `/simulator/state` shows."""
