"""`{{name}}` rendering."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from loguru import logger

from bot.dynamic_variables import DynamicVariables
from data.agent_config import AgentSettings
from data.records import Direction
from tests.bot.calls import STARTED_AT, make_call


@pytest.fixture
def warnings() -> Iterator[list[str]]:
    seen: list[str] = []
    handler = logger.add(
        lambda message: seen.append(str(message.record["extra"].get("variable"))), level="WARNING"
    )
    yield seen
    logger.remove(handler)


@pytest.mark.parametrize(
    ("text", "rendered"),
    [
        ("Hi {{name}}!", "Hi Dana!"),
        ("Hi {{ name }}!", "Hi Dana!"),
        ("{{a_1}}{{name}}", "7Dana"),
        ("Paid: {{paid}}, rate {{rate}}", "Paid: true, rate 1.5"),
        ("Hi {{missing}}, welcome", "Hi, welcome"),
        ("Hi {{missing}} there", "Hi there"),
        ("Hi {{missing}}", "Hi"),
        ("a {{missing}}b", "a b"),
        ("a {{missing}}{{name}}", "a Dana"),
        ("Hi {{Name}}!", "Hi!"),
        ("{not} {{ not this }} {{}}", "{not} {{ not this }} {{}}"),
        ("{{nested}}", "{{name}}"),
        ("{{empty}}.", "."),
    ],
)
def test_renders(text: str, rendered: str) -> None:
    variables = DynamicVariables(
        {"name": "Dana", "a_1": 7, "paid": True, "rate": 1.5, "nested": "{{name}}", "empty": ""}
    )
    assert variables.render(text) == rendered


def test_a_missing_variable_is_named_in_a_warning(warnings: list[str]) -> None:
    DynamicVariables({}).render("Hi {{first}} {{second}}")
    assert warnings == ["first", "second"]


def test_a_secret_is_never_rendered(warnings: list[str]) -> None:
    variables = DynamicVariables({"secret__token": "s3cret"})
    assert variables.render("Use {{secret__token}}.") == "Use."
    assert variables.values["secret__token"] == "s3cret"
    assert warnings == ["secret__token"]


def test_the_calls_own_win_over_placeholders_and_system_names_are_reserved(warnings: list[str]) -> None:
    config = make_call(
        AgentSettings(dynamic_variables={"name": "Bob", "city": "Bern", "system__x": "1"}),
        variables={"name": "Dana", "system__caller_id": "+1999"},
    )
    variables = DynamicVariables.for_call(config, started_at=STARTED_AT)
    assert variables.render("{{name}} {{city}} {{system__caller_id}}") == "Dana Bern +12025550123"
    assert "system__x" not in variables.values
    assert warnings == ["system__caller_id", "system__x"]


def test_system_variables() -> None:
    config = make_call(AgentSettings(timezone="America/New_York"))
    now = STARTED_AT + timedelta(seconds=75)
    values = DynamicVariables.for_call(config, started_at=STARTED_AT, now=now).values
    assert dict(values) == {
        "system__agent_id": "agent_1",
        "system__current_agent_id": "agent_1",
        "system__conversation_id": "conv_1",
        "system__call_sid": "CA1",
        "system__caller_id": "+12025550123",
        "system__called_number": "+12025550199",
        "system__time_utc": "2026-11-20T15:31:15+00:00",
        "system__time": "Friday, 10:31 20 November 2026",
        "system__timezone": "America/New_York",
        "system__call_duration_secs": 75,
    }


def test_on_an_outbound_call_the_agent_is_the_caller() -> None:
    values = DynamicVariables.for_call(make_call(direction=Direction.OUTBOUND), started_at=STARTED_AT).values
    assert values["system__caller_id"] == "+12025550199"
    assert values["system__called_number"] == "+12025550123"


@pytest.mark.parametrize("name", ["Mars/Olympus", "../etc/passwd", ""])
def test_an_unknown_timezone_is_utc(name: str) -> None:
    values = DynamicVariables.for_call(make_call(AgentSettings(timezone=name)), started_at=STARTED_AT).values
    assert values["system__timezone"] == "UTC"


@given(st.text())
def test_text_without_variables_is_untouched(text: str) -> None:
    plain = text.replace("{{", "{")
    assert DynamicVariables({}).render(plain) == plain
