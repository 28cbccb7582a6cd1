"""The small parts: tokens, durations, the command line."""

import argparse
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette

from simulator.ollama.command import add_arguments, build
from simulator.ollama.durations import keep_alive_seconds
from simulator.ollama.errors import OllamaError
from simulator.ollama.responder.prompt import Message, Prompt
from simulator.ollama.responder.respond import respond
from simulator.ollama.tokens import common_prefix_length, pieces


@given(st.text())
def test_tokens_lose_nothing(text: str) -> None:
    assert "".join(pieces(text)) == text


@given(st.lists(st.sampled_from("ab")), st.lists(st.sampled_from("ab")))
def test_common_prefix(left: list[str], right: list[str]) -> None:
    length = common_prefix_length(left, right)
    assert left[:length] == right[:length]
    assert left[length : length + 1] != right[length : length + 1] or length == len(left) == len(right)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, 300.0),
        (30, 30.0),
        ("5m", 300.0),
        ("1h30m", 5400.0),
        ("250ms", 0.25),
        (-1, math.inf),
        ("-1s", math.inf),
        ("0", 0.0),
    ],
)
def test_keep_alive(value: str | int | None, seconds: float) -> None:
    assert keep_alive_seconds(value, 300.0) == seconds


@pytest.mark.parametrize("value", ["five", "5", True, [5]])
def test_bad_keep_alive(value: str | bool) -> None:
    with pytest.raises(OllamaError):
        keep_alive_seconds(value, 300.0)


def test_command_line() -> None:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    assert isinstance(build(parser.parse_args(["--parallel", "2", "--tokens-per-second", "30"])), Starlette)


@given(st.text(max_size=300))
def test_no_text_breaks_the_responder(text: str) -> None:
    respond(Prompt((Message("system", text), Message("user", text))))
