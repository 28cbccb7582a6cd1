"""Tool calls on their way from the language model to the tools and back into the conversation."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from pydantic import JsonValue

from data.records import ToolCallRecord


@dataclass(frozen=True, slots=True)
class ToolRequest:
    """What the model asked for.

    Attributes:
        name: As the model wrote it.
        arguments: Unchecked.
    """

    name: str
    arguments: dict[str, JsonValue]


@dataclass(frozen=True, slots=True)
class ToolRound:
    """What came of the tool calls of one reply.

    Attributes:
        records: One per request, in order; each holds a result or an error.
        say: To be said word for word instead of asking the model to put it into words.
        ends_call: The call ends once this reply has been heard.
        silent: Nothing more is said in this reply.
    """

    records: tuple[ToolCallRecord, ...]
    say: str | None = None
    ends_call: bool = False
    silent: bool = False


class ToolRunner(Protocol):
    """Runs tools for one call; bounded in time, never raises."""

    async def run(self, generation: int, requests: Sequence[ToolRequest]) -> ToolRound:
        """Run what a reply asked for."""


class ConsentDesk(Protocol):
    """Keeps the question whether a tool may run until the caller has answered it."""

    @property
    def asking(self) -> bool:
        """True while a question is open."""

    async def answered(self, text: str) -> ToolRound | None:
        """The caller's words in a new turn: what came of the open question, None if they decide nothing."""
