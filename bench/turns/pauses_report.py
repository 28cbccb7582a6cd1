"""What a measurement with callers who pause consists of, as it is stored and read again."""

from typing import Literal

from bench.turns.turn_report import Frozen, TurnReport


class PauseOutcome(Frozen):
    """What came of one turn.

    Attributes:
        pause_ms: The longest pause in it.
        cut_short: The agent began to speak before the caller's true end.
        answered: It spoke after it.
        reply_ms: From the true end to the first audio; None where the turn was cut short or not answered.
    """

    kind: str
    text: str
    voice: str
    level_dbfs: float
    noise_dbfs: float | None
    pause_ms: int
    cut_short: bool
    answered: bool
    reply_ms: float | None


class PausesReport(TurnReport):
    """A whole measurement."""

    command: Literal["pauses"] = "pauses"
    outcomes: tuple[PauseOutcome, ...]
