"""Which names are taken for misspelt settings."""

import pytest

from config.setting_names import setting_names, settings_warnings


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("TWILIO_AUTHTOKEN", "TWILIO_AUTH_TOKEN"),
        ("DEEPGRAM_KEY", "DEEPGRAM_API_KEY"),
        ("INTERRUPTION_ENABLED", "INTERRUPT_ENABLED"),
        ("PUBLIC_URI", "PUBLIC_URL"),
        ("DATABASE_URI", "DATABASE_URL"),
        ("LOGLEVEL", "LOG_LEVEL"),
        ("APIKEYS", "API_KEYS"),
    ],
)
def test_misspelt_names_are_named(name: str, meant: str) -> None:
    [sentence] = settings_warnings({name: "secret-value"}, {})
    assert sentence.startswith(f"{name} in the environment")
    assert f"did you mean {meant}?" in sentence
    assert "secret-value" not in sentence


def test_names_with_our_prefix_that_are_near_to_nothing() -> None:
    [sentence] = settings_warnings({}, {"TWILIO_ZZZZZZZZZZZZZZZZ": "1"})
    assert sentence.endswith("it is ignored.")
    assert "in .env" in sentence


@pytest.mark.parametrize(
    "name",
    [
        "OLLAMA_NUM_PARALLEL",
        "OLLAMA_MODELS",
        "OLLAMA_KEEP_ALIVE",
        "OLLAMA_DEBUG",
        "TWILIO_REGION",
        "POSTGRES_PASSWORD",
        "HOME",
        "PATH",
        "HOSTNAME",
        "LANG",
        "LOGNAME",
        "PYTHONPATH",
        "SHELL",
        "MAIL",
    ],
)
def test_foreign_names_are_left_alone(name: str) -> None:
    assert settings_warnings({name: "x"}, {name: "x"}) == []


def test_settings_themselves_are_no_misspellings() -> None:
    names = dict.fromkeys(setting_names(), "x") | {"port": "1"}
    assert settings_warnings(names, names) == []
