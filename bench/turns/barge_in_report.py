"""What a measurement of interruptions consists of, as it is stored and read again."""

from typing import Literal

from bench.turns.turn_report import Frozen, TurnReport


class BargeInOutcome(Frozen):
    """What came of one interruption; times in milliseconds from the caller's onset.

    Attributes:
        acted_on: The agent was cleared away and did not go on with what it was saying.
        answered: It said afterwards what was asked for; where nothing was, it said something.
        spoken_into: It spoke again while the caller still did.
        clear_ms: To the `clear`; None if none came.
        yield_ms: To the end of the last sound of the interrupted reply; None if it did not give way.
    """

    text: str
    voice: str
    level_dbfs: float
    noise_dbfs: float | None
    acted_on: bool
    answered: bool
    spoken_into: bool
    clear_ms: float | None
    yield_ms: float | None


class BargeInReport(TurnReport):
    """A whole measurement."""

    command: Literal["barge-in"] = "barge-in"
    outcomes: tuple[BargeInOutcome, ...]

    @property
    def acted_on(self) -> int:
        """Interruptions that got the word."""
        return sum(outcome.acted_on for outcome in self.outcomes)
