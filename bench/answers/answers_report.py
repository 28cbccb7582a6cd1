"""What a measurement of the answers cache consists of, as it is stored and read again."""

from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict

from bench.latency_report import LatencyOptions, LatencyRow
from bench.machine import Machine
from bench.statistics import Spread
from bench.vendor_delays import VendorDelays

MOST_QUESTIONS = 20
"""Of a row; see `similar_question`."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class CacheUse(StrEnum):
    """How the agent is set in a row; with `NUMBERS`, the prompt says which number the caller has."""

    OFF = "off"
    ON = "on"
    NUMBERS = "on, numbers in the prompt"


class AnswersOptions(_Frozen):
    """How to measure.

    Attributes:
        questions: Frequent ones, in each row others of the same kinds; `MOST_QUESTIONS` at most.
        times: That each of them is asked, by another caller every time.
        times_with_numbers: The same where callers' numbers are in the prompt: for sharing, twice are enough.
        callers: Calls at once.
        stagger_seconds: Between the starts of two callers.
        idle_seconds: How long the idle server is watched.
    """

    questions: int = 6
    times: int = 3
    times_with_numbers: int = 2
    callers: int = 6
    stagger_seconds: float = 0.2
    idle_seconds: float = 1.0

    @property
    def load(self) -> LatencyOptions:
        """The same, for the calls themselves."""
        return LatencyOptions(
            calls=(self.callers,),
            questions=1,
            least_turns=1,
            stagger_seconds=self.stagger_seconds,
            idle_seconds=self.idle_seconds,
        )

    def times_of(self, use: CacheUse) -> int:
        """How often each question is asked in a row."""
        return self.times_with_numbers if use is CacheUse.NUMBERS else self.times


class Lookups(_Frozen):
    """What the server counted, by its own metrics.

    Attributes:
        hits: Questions that were answered from the cache.
        misses: Questions that could have been, and were not in it.
    """

    hits: int
    misses: int

    def since(self, before: "Lookups") -> "Lookups":
        """What was counted after another moment."""
        return Lookups(hits=self.hits - before.hits, misses=self.misses - before.misses)


class AnswersRow(_Frozen):
    """The figures of one setting.

    Attributes:
        use: The setting.
        figures: Of its calls, as in `bench latency`.
        asked_again: Voice-to-voice of the questions that another caller had asked before in this row, in
            milliseconds.
        lookups: In the cache; None if the server does not count them.
    """

    use: CacheUse
    figures: LatencyRow
    asked_again: Spread | None
    lookups: Lookups | None

    @property
    def hits(self) -> int:
        """Questions that were answered from the cache, as far as the server tells."""
        return self.lookups.hits if self.lookups is not None else 0

    @property
    def faults(self) -> tuple[str, ...]:
        """The first few things that went wrong, in words."""
        shared = f"{self.hits} answers came from the cache with the cache {self.use}"
        return (*self.figures.faults, *((shared,) if self.hits and self.use is not CacheUse.ON else ()))

    @property
    def is_in_order(self) -> bool:
        """Every call in good order, and no answer from the cache where none may be."""
        return self.figures.in_good_order == self.figures.made and not self.faults


class AnswersReport(_Frozen):
    """A whole measurement, as it is stored.

    Attributes:
        chunks: Of documents that the agent knows.
        rows: One for each setting.
    """

    command: Literal["answers"] = "answers"
    machine: Machine
    options: AnswersOptions
    delays: VendorDelays | None
    chunks: int
    rows: tuple[AnswersRow, ...]
