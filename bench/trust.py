"""Whether a measurement was of the server, or of the machine and of those who measured."""

from pydantic import BaseModel, ConfigDict

MOST_LATENESS_MS = 10.0
"""Callers whose clock is later than this at p99 measure themselves."""
MOST_STOLEN = 0.03
"""Share of a virtual machine's processors, given to others by its host, above which the figures are the host's."""


class Trust(BaseModel):
    """What speaks against the times of a measurement.

    Attributes:
        lateness_p50_ms: Of the callers' own clock.
        lateness_p99_ms: Likewise.
        machine_stolen: Share of the machine that its host gave to others, 0 to 1; None where that was not asked.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    lateness_p50_ms: float
    lateness_p99_ms: float
    machine_stolen: float | None = None

    @property
    def callers_are_late(self) -> bool:
        """Whether the callers had more to do than they could."""
        return self.lateness_p99_ms >= MOST_LATENESS_MS

    @property
    def doubts(self) -> tuple[str, ...]:
        """Why the times are not the server's own, in words; nothing where they are."""
        stolen = self.machine_stolen or 0.0
        checks = ((self.callers_are_late, "callers late"), (stolen > MOST_STOLEN, f"{stolen:.0%} stolen"))
        return tuple(words for is_so, words in checks if is_so)

    @property
    def trusted(self) -> str:
        """The same as a cell of a table."""
        return f"no: {', '.join(self.doubts)}" if self.doubts else "yes"
