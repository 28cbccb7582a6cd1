"""Faults that a simulated vendor commits on purpose, per connection, changeable while it runs.

A rule names connections by number, counted from 1 since the rules were set, so a test can say "the second
connection is refused" and mean it.
"""

import asyncio
import random
from collections import Counter

from pydantic import BaseModel, ConfigDict, Field

_NONNEGATIVE = Field(default=0.0, ge=0)


class FaultPlan(BaseModel):
    """What goes wrong on one connection. The default is: nothing.

    Attributes:
        refuse_status: HTTP status instead of an answer or an upgrade.
        close_after_seconds: The connection is closed this long after it was opened, with `close_code`.
        stall_after_seconds: From then on nothing is read or answered, for `stall_seconds`.
        drop_finals: Final transcripts are never sent.
        extra_first_byte_seconds: Added to every first byte of speech and every final transcript.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    refuse_status: int | None = Field(default=None, ge=400, le=599)
    close_after_seconds: float | None = Field(default=None, ge=0)
    close_code: int = Field(default=1011, ge=1000, le=4999)
    close_reason: str = Field(default="simulated fault", max_length=120)
    stall_after_seconds: float | None = Field(default=None, ge=0)
    stall_seconds: float = _NONNEGATIVE
    drop_finals: bool = False
    extra_first_byte_seconds: float = _NONNEGATIVE

    def stalled_until(self, opened_at: float, now: float) -> float | None:
        """When the present stall ends, on the clock of the arguments; None if there is none now."""
        if self.stall_after_seconds is None:
            return None
        begin = opened_at + self.stall_after_seconds
        end = begin + self.stall_seconds
        return end if begin <= now < end else None

    async def wait_out_stall(self, opened_at: float) -> None:
        """Return once the connection is not stalled; `opened_at` is on the running loop's clock."""
        now = asyncio.get_running_loop().time()
        end = self.stalled_until(opened_at, now)
        if end is not None:
            await asyncio.sleep(end - now)


NO_FAULT = FaultPlan()


class FaultRule(BaseModel):
    """Which connections get a plan.

    Attributes:
        service: Name of one of the simulator's services ("listen", "speak", "rest"), or None for any.
        connections: Their numbers (1 is the next one of that service); empty means every one.
        faults: What happens to them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    service: str | None = None
    connections: frozenset[int] = frozenset()
    faults: FaultPlan


class FaultRules(BaseModel):
    """The rules in force; the first that fits a connection is used."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rules: tuple[FaultRule, ...] = ()


class FaultSchedule:
    """Deals out plans to connections as they come."""

    def __init__(self, rules: FaultRules | None = None) -> None:
        self._rules = rules or FaultRules()
        self._counts: Counter[str] = Counter()

    @property
    def rules(self) -> FaultRules:
        """The rules in force."""
        return self._rules

    def replace(self, rules: FaultRules) -> None:
        """New rules; connections are counted from 1 again. Open connections keep the plan they got."""
        self._rules = rules
        self._counts.clear()

    def next_plan(self, service: str) -> FaultPlan:
        """Count one more connection of `service` and return its plan."""
        self._counts[service] += 1
        number = self._counts[service]
        for rule in self._rules.rules:
            if rule.service in (None, service) and (not rule.connections or number in rule.connections):
                return rule.faults
        return NO_FAULT


class Jitter:
    """Uniform random variation of delays; the same seed gives the same sequence.

    Args:
        seconds: The most that is added; 0 for exact delays.
        seed: Seed of the sequence.
    """

    def __init__(self, seconds: float = 0.0, seed: int = 0) -> None:
        self._seconds = seconds
        self._random = random.Random(seed)

    def vary(self, delay: float) -> float:
        """`delay` and up to `seconds` more."""
        return delay + self._random.uniform(0, self._seconds) if self._seconds else delay
