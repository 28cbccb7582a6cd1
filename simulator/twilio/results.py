"""What came of a scenario."""

from dataclasses import dataclass
from enum import StrEnum

from simulator.twilio.call_record import CallEnder, CallStatus
from simulator.twilio.measures import CallMeasures
from simulator.twilio.notifications import Notification


class StepStatus(StrEnum):
    """What came of a step."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class StepOutcome:
    """One step.

    Attributes:
        number: 1 for the first.
        name: Of the step, as in the file.
        detail: Why it failed or was skipped, or what was measured.
        started_secs: Since the call was placed.
    """

    number: int
    name: str
    status: StepStatus
    detail: str
    started_secs: float
    took_secs: float


@dataclass(frozen=True, slots=True)
class ScenarioResult:
    """A scenario's end.

    Attributes:
        steps: All steps, in order.
        duration_secs: From placing the call to its end.
        said_by_twilio: What `<Say>` verbs said.
        notifications: Twilio's errors and warnings.
    """

    name: str
    call_sid: str
    call_status: CallStatus
    ended_by: CallEnder | None
    steps: tuple[StepOutcome, ...]
    measures: CallMeasures
    duration_secs: float
    said_by_twilio: tuple[str, ...]
    notifications: tuple[Notification, ...]

    @property
    def passed(self) -> bool:
        """Whether no step failed."""
        return not self.failures

    @property
    def failures(self) -> tuple[StepOutcome, ...]:
        """The steps that failed."""
        return tuple(step for step in self.steps if step.status is StepStatus.FAILED)
