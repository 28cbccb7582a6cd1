"""Whose words count while the agent speaks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.interrupting_words import InterruptingWords, Speech

PLANS = Speech("We have three plans, and the smallest of them costs nine dollars a month.")
QUESTION = Speech("Shall I book that for you?", asks=True)


def counts(text: str, saying: Speech = PLANS, *, is_final: bool = True, terms: tuple[str, ...] = ()) -> bool:
    return InterruptingWords(terms).count(text, saying, is_final=is_final)


@pytest.mark.parametrize(
    "text",
    ["Uh-huh.", "mm hmm", "Mhm", "Right, right.", "okay", "Yeah. Yeah, I see.", "Oh, that makes sense.", "I see"],
)
def test_a_listener_does_not_interrupt(text: str) -> None:
    assert not counts(text)
    assert not counts(text, is_final=False)


@pytest.mark.parametrize(
    "text",
    ["stop", "Wait.", "No.", "Yeah, but what about Sundays?", "right now", "okay stop", "hello?", "I see one"],
)
def test_whoever_wants_something_does(text: str) -> None:
    assert counts(text)
    assert counts(text, is_final=False)


@pytest.mark.parametrize("saying", [QUESTION, Speech("That is nine dollars.", ending=True)])
def test_a_mere_yes_is_an_answer_to_a_question_and_at_the_end(saying: Speech) -> None:
    assert counts("Yes.", saying)


def test_the_agents_own_words_from_a_loudspeaker_do_not_interrupt_it() -> None:
    assert not counts("and the smallest", is_final=False)
    assert not counts("The smallest of them costs nine dollars.")
    assert counts("the smallest of them, please")


def test_one_early_word_of_the_agents_is_waited_for_and_counts_once_it_stands_alone() -> None:
    assert not counts("nine", is_final=False)
    assert counts("Nine?")


def test_an_agent_has_terms_of_its_own() -> None:
    assert counts("Namaste.")
    assert not counts("Namaste, okay.", terms=("Namaste",))
    assert not counts("jolly good", QUESTION, terms=("jolly good",)), "its own terms never count"


@given(st.text(max_size=60), st.text(max_size=60), st.booleans())
def test_any_text_is_judged(text: str, saying: str, is_final: bool) -> None:
    counts(text, Speech(saying), is_final=is_final)


@given(st.lists(st.sampled_from(["uh", "huh", "right", "okay", "I see"]), min_size=1, max_size=4))
def test_listeners_words_in_a_row_are_still_a_listeners(words: list[str]) -> None:
    if "huh" not in words:
        assert not counts(" ".join(words[:2]))
