"""Consent is a clear yes and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.spoken_answers import ConfirmationAnswer, read_answer

_QUESTION = "Shall I book an appointment for Dana Smith on Tuesday, 24 November at 10 in the morning?"


@pytest.mark.parametrize(
    "text",
    [
        "Yes.",
        "yes please",
        "Yes, please book it.",
        "Yeah, that's right.",
        "Sure, go ahead.",
        "Okay, sounds good, thank you.",
        "Uh, yes, that would be great.",
        "Absolutely!",
        "That works for me.",
        "Yes, Tuesday at ten.",
        "Yes, on the 24 at 10 in the morning.",
        "Yes, book it for Dana Smith.",
        "Please do.",
        "Yes, that’s correct.",
        "I'm sure, do it",
        "yes yes yes",
        "Yes, that one please.",
        "Let's do it",
    ],
)
def test_yes(text: str) -> None:
    assert read_answer(text, _QUESTION) is ConfirmationAnswer.YES


@pytest.mark.parametrize(
    "text",
    [
        "No.",
        "No, thank you.",
        "Nope",
        "Um, no.",
        "Oh, wait, no.",
        "Don't do that.",
        "Please don't book it.",
        "Cancel that.",
        "Never mind.",
        "Not now.",
        "No, make it eleven.",
        "Yes, but make it eleven.",
        "Yes, on Wednesday.",
        "Yes at 11",
        "Can we do another day instead?",
        "A little later please.",
        "Change it to Friday",
        "Ok but at three p.m.",
        "Yes, in the afternoon",
    ],
)
def test_no_or_something_else(text: str) -> None:
    assert read_answer(text, _QUESTION) is ConfirmationAnswer.NO


@pytest.mark.parametrize(
    "text",
    [
        "",
        "...",
        "Yeah, no.",
        "No, yes.",
        "Yes but what does it cost",
        "Yes?",
        "I'm not sure.",
        "What time was that?",
        "Will I get an email?",
        "No problem.",
        "One second.",
        "Just a moment please",
        "Yes, my dog is called Rex",
        "Hello?",
        "maybe",
        "I guess so",
        "Can you say that again?",
        "Is it okay",
        "Yes I have a question",
        "Dana Smith",
        "I don't know",
        "I don't understand, yes",
    ],
)
def test_neither(text: str) -> None:
    assert read_answer(text, _QUESTION) is ConfirmationAnswer.OTHER


@given(st.text())
def test_any_text_has_an_answer(text: str) -> None:
    assert read_answer(text, _QUESTION) in ConfirmationAnswer


_AGREEMENT = ("yes", "sure", "okay", "please", "do", "it", "that", "is", "fine", "book")
_DOUBT = ("no", "not", "nope", "don't", "cancel", "stop", "instead", "but", "change", "Friday", "11", "eleven")


@given(
    st.lists(st.sampled_from(_AGREEMENT), max_size=5),
    st.sampled_from(_DOUBT),
    st.lists(st.sampled_from(_AGREEMENT), max_size=5),
)
def test_a_word_of_doubt_is_never_consent(before: list[str], doubt: str, after: list[str]) -> None:
    assert read_answer(" ".join([*before, doubt, *after]), _QUESTION) is not ConfirmationAnswer.YES
