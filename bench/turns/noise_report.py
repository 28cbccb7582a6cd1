"""What a measurement with sounds that are no interruptions consists of, as it is stored and read again."""

from enum import StrEnum
from typing import Literal

from bench.turns.turn_report import Frozen, TurnReport


class Effect(StrEnum):
    """What a sound did to the reply."""

    NONE = "none"
    FALSE_PAUSE = "false pause"
    FALSE_STOP = "false stop"


class NoiseOutcome(Frozen):
    """What came of one sound.

    Attributes:
        sound: What it was.
        gap_ms: The longest silence in the agent's speech from the sound on; None where it was not broken off.
    """

    kind: str
    sound: str
    level_dbfs: float
    noise_dbfs: float | None
    seconds: float
    effect: Effect
    gap_ms: float | None


class NoiseReport(TurnReport):
    """A whole measurement."""

    command: Literal["noise"] = "noise"
    outcomes: tuple[NoiseOutcome, ...]
