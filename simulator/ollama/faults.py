"""Ways in which a language model server fails, to be switched on for the next requests."""

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class FaultKind(StrEnum):
    """What goes wrong."""

    REFUSE = "refuse"
    """The connection is dropped without an answer."""
    ERROR = "error"
    """An HTTP error (`status`, 500 by default) with Ollama's `{"error": …}`."""
    HANG = "hang"
    """No byte is sent for `seconds` (for ever if None), then the reply goes on as usual."""
    STALL = "stall"
    """Silence for `seconds` (for ever if None) after `after_tokens` tokens."""
    CUT = "cut"
    """The connection is dropped after `after_tokens` tokens."""
    INVALID_JSON = "invalid_json"
    """One line that is not JSON after `after_tokens` tokens; the stream ends there."""
    ERROR_LINE = "error_line"
    """Ollama's `{"error": …}` line after `after_tokens` tokens; the stream ends there."""


class Fault(BaseModel):
    """One fault and for how many requests it holds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: FaultKind
    requests: Annotated[int, Field(ge=1)] | None = 1
    """How many of the next requests are hit; None hits all until the faults are changed."""
    after_tokens: Annotated[int, Field(ge=0)] = 3
    seconds: Annotated[float, Field(ge=0)] | None = None
    status: Annotated[int, Field(ge=400, le=599)] = 500
    message: str = "an error was encountered while running the model"


class FaultPlan:
    """The faults still to come, first in, first out."""

    def __init__(self, faults: tuple[Fault, ...] = ()) -> None:
        self._waiting: list[tuple[Fault, int | None]] = []
        self.replace(faults)

    def replace(self, faults: tuple[Fault, ...]) -> None:
        """Forgets every earlier fault and holds these."""
        self._waiting = [(fault, fault.requests) for fault in faults]

    def take(self) -> Fault | None:
        """The fault of the request that begins now, or None."""
        if not self._waiting:
            return None
        fault, left = self._waiting[0]
        if left is None:
            return fault
        if left <= 1:
            self._waiting.pop(0)
        else:
            self._waiting[0] = (fault, left - 1)
        return fault

    def waiting(self) -> tuple[Fault, ...]:
        """What is still to come, for the state page."""
        return tuple(fault.model_copy(update={"requests": left}) for fault, left in self._waiting)
