"""Who picks up when the account dials out: what each number does, and what a person who answers does."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from simulator.twilio.caller import Caller


class CalleeOutcome(StrEnum):
    """What becomes of an outbound call."""

    ANSWERED = "answered"
    BUSY = "busy"
    NO_ANSWER = "no-answer"
    FAILED = "failed"


class Callee(Protocol):
    """A person who answers the telephone."""

    async def take(self, caller: Caller) -> None:
        """Live through the call; its media stream may not be up yet. The call outlives a return."""


class SilentCallee:
    """Answers and says nothing until the other side ends the call."""

    async def take(self, caller: Caller) -> None:
        """Do nothing."""


@dataclass(frozen=True, slots=True)
class CalleeDirectory:
    """What happens at each number.

    Attributes:
        outcomes: By number; numbers that are not listed are answered.
        people: Who answers, by number.
        anybody: Who answers everywhere else.
    """

    outcomes: Mapping[str, CalleeOutcome] = field(default_factory=dict)
    people: Mapping[str, Callee] = field(default_factory=dict)
    anybody: Callee = field(default_factory=SilentCallee)

    def outcome(self, number: str) -> CalleeOutcome:
        """Return what becomes of a call to this number."""
        return self.outcomes.get(number, CalleeOutcome.ANSWERED)

    def person(self, number: str) -> Callee:
        """Return who answers there."""
        return self.people.get(number, self.anybody)
