"""What the reports of turn-taking have in common, as they are stored and read again."""

from pydantic import BaseModel, ConfigDict

from bench.machine import Machine
from bench.trust import Trust
from bench.vendor_delays import VendorDelays


class Frozen(BaseModel):
    """Read and written whole; nothing unknown gets in."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class TurnOptions(Frozen):
    """How to measure.

    Attributes:
        cases: That are tried in all.
        callers: At once.
        a_call: Cases in one call.
    """

    cases: int
    callers: int
    a_call: int


class TurnReport(Trust):
    """The frame of a report.

    Attributes:
        chunks: Of documents that the agent knows.
        calls: That were made.
        seconds: How long it took.
        faults: What went wrong in calls; their cases were not tried.
    """

    machine: Machine
    options: TurnOptions
    delays: VendorDelays | None
    chunks: int
    calls: int
    seconds: float
    faults: tuple[str, ...]


def share(part: int, whole: int) -> str:
    """A part in words: "3 of 200 (1.5 %)"."""
    return f"{part} of {whole} ({100 * part / whole:.1f} %)" if whole else "–"
