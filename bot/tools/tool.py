"""What a tool is, to everything that offers, checks or runs one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from pydantic import JsonValue

from bot.call_config import CallConfig
from config.errors import InvalidInputError

Arguments = Mapping[str, JsonValue]
"""A tool's arguments after `Tool.check`: complete, normalised, JSON."""


class ToolArgumentsError(InvalidInputError):
    """The model's arguments cannot be used; the message tells the model what to correct."""

    code = "invalid_tool_arguments"


@dataclass(frozen=True, slots=True)
class ToolContext:
    """The moment in which a tool is called.

    Attributes:
        config: The call.
        turn: Which caller turn is being answered, counted from 1; grows with every one.
        now: The time, with a timezone.
        is_current: False once the generation that asked was interrupted or replaced. What it wanted then
            no longer counts, and nothing may be changed in its name.
    """

    config: CallConfig
    turn: int
    now: datetime
    is_current: Callable[[], bool]


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What a tool did.

    Attributes:
        content: For the model.
        say: A sentence to speak word for word. Where it is set, the model is not asked to put the result
            into words.
        ends_call: The call ends once everything said so far has been played.
        silent: Nothing more is said in this reply.
    """

    content: JsonValue
    say: str | None = None
    ends_call: bool = False
    silent: bool = False


class Tool(Protocol):
    """Something the model can do besides talking.

    Attributes:
        name: snake_case, unique among an agent's tools.
        description: When to use it, for the model.
        parameters: JSON schema of its arguments.
        is_write: It changes something that outlives the reply (a booking, the call itself): it runs only for
            a generation that is still current, is never cancelled half-way, and a repeated request is
            answered from memory.
        requires_confirmation: The caller must say yes first; `confirmation_question` asks.
    """

    @property
    def name(self) -> str:
        """See the class."""
        ...

    @property
    def description(self) -> str:
        """See the class."""
        ...

    @property
    def parameters(self) -> dict[str, JsonValue]:
        """See the class."""
        ...

    @property
    def is_write(self) -> bool:
        """See the class."""
        ...

    @property
    def requires_confirmation(self) -> bool:
        """See the class."""
        ...

    def check(self, arguments: Arguments, context: ToolContext) -> dict[str, JsonValue]:
        """Validate and normalise what the model sent; equal requests come out equal.

        Raises:
            ToolArgumentsError: It cannot be used.
        """
        ...

    def confirmation_question(self, arguments: Arguments, context: ToolContext) -> str:
        """The yes-or-no question to ask before running with checked arguments; empty if none is needed."""
        ...

    async def run(self, arguments: Arguments, context: ToolContext) -> ToolResult:
        """Do it, with checked arguments.

        Raises:
            PhoneAgentError: It could not be done; the message goes to the model.
        """
        ...
