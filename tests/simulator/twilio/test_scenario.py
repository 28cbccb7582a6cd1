from pathlib import Path

import pytest

from simulator.twilio.caller import Caller
from simulator.twilio.errors import ScenarioError
from simulator.twilio.scenario import SCENARIO_FOLDER, load_scenario, parse_scenario
from simulator.twilio.scenario_caller import scenario_options
from simulator.twilio.state import TwilioState
from simulator.twilio.steps import BargeInStep, DtmfStep, ExpectStep, HangUpStep, SayStep, SilenceStep


@pytest.mark.parametrize("path", sorted(SCENARIO_FOLDER.glob("*.yaml")), ids=lambda path: path.stem)
def test_the_scenarios_that_come_along_are_good(path: Path) -> None:
    scenario = load_scenario(path)
    assert scenario.name == path.stem
    assert scenario.description


def test_long_and_short_forms_of_steps() -> None:
    scenario = parse_scenario(
        """
        name: all
        steps:
          - say: Hello
          - say: {text: Hello, level_db: -6, voice: en-gb}
          - barge_in: {text: Stop, after_ms: 300}
          - dtmf: 120
          - silence: 250
          - expect: "hello|hi"
          - hang_up
        """
    )
    assert scenario.steps == (
        SayStep(text="Hello"),
        SayStep(text="Hello", level_db=-6, voice="en-gb"),
        BargeInStep(text="Stop", after_ms=300),
        DtmfStep(digits="120"),
        SilenceStep(ms=250),
        ExpectStep(agent_says="hello|hi"),
        HangUpStep(),
    )


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("a: [", "x.yaml: not YAML"),
        ("- 1", "x.yaml: must be a mapping"),
        ("name: a", "x.yaml: 'steps' must be a list"),
        ("{name: a, steps: []}", "x.yaml: steps"),
        ("{steps: [hang_up]}", "x.yaml: name: Field required"),
        ("{name: a, steps: [hang_up], colour: red}", "x.yaml: colour"),
        ("{name: a, steps: [hang_up, shout: hey]}", "x.yaml: step 2: unknown step 'shout'"),
        ("{name: a, steps: [say]}", "x.yaml: step 1 (say): text: Field required"),
        ("{name: a, steps: [silence: soon]}", "x.yaml: step 1 (silence): ms:"),
        ("{name: a, steps: [dtmf: hello]}", "x.yaml: step 1 (dtmf): digits:"),
        ("{name: a, steps: [hang_up: now]}", "x.yaml: step 1 (hang_up): takes no value"),
        ("{name: a, steps: [say: {text: a, volume: 11}]}", "x.yaml: step 1 (say): volume:"),
        ("{name: a, steps: [{say: a, hang_up: b}]}", "x.yaml: step 1: must be"),
        ("{name: a, steps: [expect: {agent: speaks, agent_says: a}]}", "x.yaml: step 1 (expect): "),
        ("{name: a, steps: [expect: '(']}", "not a regular expression"),
        ("{name: a, from_number: '0123', steps: [hang_up]}", "x.yaml: from_number"),
    ],
)
def test_errors_name_the_file_and_the_step(text: str, complaint: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        parse_scenario(text, "x.yaml")
    assert complaint in caught.value.message


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=r"absent.yaml: cannot be read"):
        load_scenario(tmp_path / "absent.yaml")


async def test_a_scenario_s_caller_has_its_voice_numbers_and_noise() -> None:
    scenario = parse_scenario(
        "{name: a, voice: en-gb, from_number: '+442071838750', noise_dbfs: -55, steps: [say: Hello there]}"
    )
    options = scenario_options(scenario, "https://agent.example.com/voice/incoming")
    assert (options.voice, options.from_number) == ("en-gb", "+442071838750")
    assert options.faults.noise_dbfs == -55
    async with TwilioState() as state:
        speech = await Caller(state, options).prepare("Hello there")
    assert speech.onset_frame is not None
    assert speech.last_speech_frame is not None
    assert 0.2 < (speech.last_speech_frame - speech.onset_frame) * 0.02 < 2.0
