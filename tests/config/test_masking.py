"""Telephone numbers and secrets in text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.masking import Masker, mask_phone
from data.api_keys import new_secret


@pytest.mark.parametrize(
    ("number", "shown"),
    [("+15551234567", "+1•••••67"), (" +491701234567 ", "+4•••••67"), ("", "•••••"), ("5551234567", "•••••")],
)
def test_mask_phone(number: str, shown: str) -> None:
    assert mask_phone(number) == shown


@given(
    st.from_regex(r"\+[1-9][0-9]{6,14}", fullmatch=True), st.sampled_from(["{}", "a {}.", '"{}"', "({})", "={}&"])
)
def test_numbers_are_masked_wherever_they_stand(number: str, around: str) -> None:
    masked = Masker()(around.format(number))
    assert masked == around.format(f"{number[:2]}•••••{number[-2:]}")
    assert Masker()(around.format(number.replace("+", "%2B"))) == masked


@pytest.mark.parametrize(
    "text", ["1+1=2", "at 2026-01-01T00:00:00+01:00", "+12", "CA0123456789abcdef", "x +0123456789"]
)
def test_other_text_is_left_alone(text: str) -> None:
    assert Masker()(text) == text


def test_api_keys_are_recognised_without_being_known() -> None:
    secret = new_secret()
    assert Masker()(f'{{"key": "{secret.text}"}}') == f'{{"key": "{secret.prefix}[redacted]"}}'
    assert Masker()(secret.prefix) == secret.prefix


def test_secrets_are_redacted_the_longest_first() -> None:
    masker = Masker(["abcd", "abcdefgh", "", "x", "a.c*"])
    assert masker("abcdefgh abcd x a.c* abcc") == "[redacted] [redacted] x [redacted] abcc"
