"""The steps of a scenario, one model per step; `step` tells them apart.

Times are in milliseconds or seconds as their names say. In YAML a step is written as one key with its
fields, or with its one main field alone:

    - say: "Hello?"
    - say: {text: "Hello?", level_db: -6}
    - hang_up
"""

import re
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator


class Step(BaseModel):
    """What all steps share."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class SayStep(Step):
    """Say a text and go on when it is said."""

    step: Literal["say"] = "say"
    text: str = Field(min_length=1)
    voice: str | None = None
    level_db: float = Field(default=0.0, ge=-60.0, le=20.0)


class BargeInStep(Step):
    """Say a text over the agent, once its current speech has lasted this long; it must still be speaking."""

    step: Literal["barge_in"] = "barge_in"
    text: str = Field(min_length=1)
    after_ms: int = Field(default=1500, ge=0)
    timeout_ms: int = Field(default=15_000, gt=0)
    voice: str | None = None
    level_db: float = Field(default=0.0, ge=-60.0, le=20.0)


class WaitForAgentStep(Step):
    """Wait until the agent has spoken since the caller's last words and was then silent this long."""

    step: Literal["wait_for_agent"] = "wait_for_agent"
    silence_ms: int = Field(default=1000, ge=0)
    timeout_ms: int = Field(default=20_000, gt=0)


class WaitForAgentStartStep(Step):
    """Wait until the agent is heard."""

    step: Literal["wait_for_agent_start"] = "wait_for_agent_start"
    timeout_ms: int = Field(default=10_000, gt=0)


class DtmfStep(Step):
    """Press keys, four a second."""

    step: Literal["dtmf"] = "dtmf"
    digits: str = Field(pattern=r"^[0-9A-D*#]+$")


class SilenceStep(Step):
    """Say nothing for a while."""

    step: Literal["silence"] = "silence"
    ms: int = Field(ge=0)


class HangUpStep(Step):
    """Put the receiver down."""

    step: Literal["hang_up"] = "hang_up"


class SendRawStep(Step):
    """Send a text over the stream as it is, to see whether the server minds."""

    step: Literal["send_raw"] = "send_raw"
    text: str


class ExpectStep(Step):
    """Check one thing about the agent; a failed check does not end the scenario.

    Attributes:
        agent: `speaks` within a time, stays `silent` for a time, or `yields` (its last interruption: onset
            to its silence, within a time).
        within_ms: The time for these.
        agent_says: A regular expression, case-insensitive, searched in what the agent said since the caller's
            last words. Needs somebody who can understand it; without, the step is skipped.
    """

    step: Literal["expect"] = "expect"
    agent: Literal["speaks", "silent", "yields"] | None = None
    within_ms: int = Field(default=5000, gt=0)
    agent_says: str | None = None

    @field_validator("agent_says")
    @classmethod
    def _is_pattern(cls, value: str | None) -> str | None:
        if value is not None:
            try:
                re.compile(value)
            except re.error as error:
                raise ValueError(f"not a regular expression: {error}") from error
        return value

    @model_validator(mode="after")
    def _expects_one_thing(self) -> "ExpectStep":
        if (self.agent is None) == (self.agent_says is None):
            raise ValueError("give either 'agent' or 'agent_says'")
        return self


class ExpectCallEndedStep(Step):
    """The other side must end the call in time."""

    step: Literal["expect_call_ended"] = "expect_call_ended"
    within_secs: float = Field(default=20.0, gt=0)


AnyStep = Annotated[
    SayStep
    | BargeInStep
    | WaitForAgentStep
    | WaitForAgentStartStep
    | DtmfStep
    | SilenceStep
    | HangUpStep
    | SendRawStep
    | ExpectStep
    | ExpectCallEndedStep,
    Field(discriminator="step"),
]

MAIN_FIELDS = {
    "say": "text",
    "barge_in": "text",
    "wait_for_agent": "silence_ms",
    "wait_for_agent_start": "timeout_ms",
    "dtmf": "digits",
    "silence": "ms",
    "send_raw": "text",
    "expect": "agent_says",
    "expect_call_ended": "within_secs",
    "hang_up": "",
}
"""By step: the field that a bare value means."""
