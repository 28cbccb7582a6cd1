"""An agent's own way of being interrupted."""

import pytest

from bot.barge_in import BargeInOptions
from bot.call_services import InterruptionSettings
from data.agent_config import AgentSettings, InterruptionSensitivity, InterruptionTrigger
from tests.bot.calls import make_call

SERVER = InterruptionSettings(BargeInOptions(min_speech_seconds=0.1), min_energy=800, baseline_factor=2.8)


def test_by_default_the_servers_settings_hold() -> None:
    assert SERVER.for_agent(make_call().agent) == SERVER


@pytest.mark.parametrize(
    ("sensitivity", "energy"), [(InterruptionSensitivity.LOW, 1600), (InterruptionSensitivity.HIGH, 400)]
)
def test_sensitivity_is_loudness_and_patience(sensitivity: InterruptionSensitivity, energy: float) -> None:
    policy = SERVER.for_agent(make_call(AgentSettings(interruption_sensitivity=sensitivity)).agent)
    assert policy.min_energy == energy
    longer = policy.options.min_speech_seconds > SERVER.options.min_speech_seconds
    assert longer is (sensitivity is InterruptionSensitivity.LOW)


def test_words_only_and_terms_reach_the_line() -> None:
    settings = AgentSettings(
        interruption_trigger=InterruptionTrigger.WORDS, interruption_ignore_terms=("go ahead",)
    )
    options = SERVER.for_agent(make_call(settings).agent).options
    assert options.by_words_only
    assert options.ignored_terms == ("go ahead",)


def test_neither_side_can_switch_on_what_the_other_switched_off() -> None:
    assert not SERVER.for_agent(make_call().agent.model_copy(update={"interrupt_enabled": False})).options.enabled
    off = InterruptionSettings(BargeInOptions(enabled=False), 800, 2.8)
    assert not off.for_agent(make_call().agent).options.enabled
