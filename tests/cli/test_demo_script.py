import pytest

from cli.demo_script import DEMO_SCENARIO, HeardScript, read_script
from config.errors import ConfigurationError
from simulator.twilio.scenario import SCENARIO_FOLDER, load_scenario
from tests.cli.demo_values import SCRIPT, good_conversation, good_turns


def test_the_demo_scenario_has_its_parts() -> None:
    script = read_script(load_scenario(DEMO_SCENARIO))
    assert "Heron" in script.question
    assert "book" in script.booking
    assert "goodbye" in script.goodbye


def test_another_scenario_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="six utterances"):
        read_script(load_scenario(SCENARIO_FOLDER / "dtmf.yaml"))


def test_utterances_are_found_however_they_were_split() -> None:
    heard = HeardScript(SCRIPT, good_conversation())
    assert heard.position(SCRIPT.booking) == 7
    assert heard.position(SCRIPT.consent) == 10
    assert [turn.position for turn in heard.answers(SCRIPT.booking)] == [9]
    assert [turn.position for turn in heard.answers(SCRIPT.goodbye)] == [14]
    interrupted = heard.agent_turn_before(SCRIPT.interruption)
    assert interrupted is not None
    assert interrupted.position == 4


def test_what_was_not_understood_has_no_place() -> None:
    heard = HeardScript(SCRIPT, good_conversation(good_turns()[:3]))
    assert heard.position(SCRIPT.question) == 1
    assert heard.position(SCRIPT.goodbye) is None
    assert heard.answers(SCRIPT.goodbye) == ()
    assert heard.agent_turn_before(SCRIPT.goodbye) is None
