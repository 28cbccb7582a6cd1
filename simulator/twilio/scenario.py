"""Scenario files: what a simulated caller does in a call, in YAML."""

from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from simulator.twilio.errors import ScenarioError
from simulator.twilio.options import DEFAULT_NUMBER
from simulator.twilio.steps import MAIN_FIELDS, AnyStep

SCENARIO_FOLDER = Path(__file__).parent.parent / "scenarios"
"""Where the scenarios that come with the simulator are."""

_STEP = TypeAdapter[AnyStep](AnyStep)


class Scenario(BaseModel):
    """One caller's call.

    Attributes:
        name: Short, for reports.
        description: What it shows.
        voice: The caller's voice.
        from_number: Who calls, E.164.
        to_number: Whom, E.164.
        noise_dbfs: White noise on the line.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1)
    description: str = ""
    voice: str = "en-us"
    from_number: str = Field(default="+14155550100", pattern=r"^\+[1-9]\d{6,14}$")
    to_number: str = Field(default=DEFAULT_NUMBER, pattern=r"^\+[1-9]\d{6,14}$")
    noise_dbfs: float | None = Field(default=None, ge=-90.0, le=0.0)
    steps: tuple[AnyStep, ...] = Field(min_length=1)


def load_scenario(path: Path) -> Scenario:
    """Read a scenario file; blocking.

    Raises:
        ScenarioError: It cannot be read or is wrong; the message names the file and the step's number.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ScenarioError(f"{path.name}: cannot be read: {error.strerror}") from error
    return parse_scenario(text, path.name)


def parse_scenario(text: str, source: str = "scenario") -> Scenario:
    """Read a scenario's YAML.

    Args:
        text: The YAML.
        source: Its name, for messages.

    Raises:
        ScenarioError: It is wrong; the message names `source`, and the step with its number.
    """
    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ScenarioError(f"{source}: not YAML: {error}") from error
    if not isinstance(document, dict):
        raise ScenarioError(f"{source}: must be a mapping with 'name' and 'steps'")
    raw_steps = document.get("steps")
    if not isinstance(raw_steps, list):
        raise ScenarioError(f"{source}: 'steps' must be a list")
    steps = [_parse_step(raw, f"{source}: step {number}") for number, raw in enumerate(raw_steps, start=1)]
    try:
        return Scenario.model_validate({**document, "steps": steps})
    except ValidationError as error:
        raise ScenarioError(f"{source}: {_complaint(error.errors()[0])}") from error


def _parse_step(raw: object, place: str) -> AnyStep:
    name, fields = _name_and_fields(raw, place)
    if name not in MAIN_FIELDS:
        raise ScenarioError(f"{place}: unknown step {name!r}; there are {', '.join(sorted(MAIN_FIELDS))}")
    if fields is None:
        fields = {}
    elif not isinstance(fields, dict):
        main = MAIN_FIELDS[name]
        if not main:
            raise ScenarioError(f"{place} ({name}): takes no value")
        # YAML reads unquoted key presses as a number.
        fields = {main: str(fields) if name == "dtmf" else fields}
    try:
        return _STEP.validate_python({**fields, "step": name})
    except ValidationError as error:
        raise ScenarioError(f"{place} ({name}): {_complaint(error.errors()[0])}") from error


def _name_and_fields(raw: object, place: str) -> tuple[str, object]:
    if isinstance(raw, str):
        return raw, None
    if isinstance(raw, dict) and len(raw) == 1:
        [(name, fields)] = raw.items()
        return str(name), fields
    raise ScenarioError(f"{place}: must be a step's name, or one key with its fields")


def _complaint(error: ErrorDetails) -> str:
    # The discriminator's own value is the first element of a step's location.
    location = [str(part) for part in error["loc"] if str(part) not in MAIN_FIELDS]
    return ": ".join([*(["/".join(location)] if location else []), error["msg"]])
