"""Which questions lean on the one before."""

import pytest

from data.knowledge.follow_up import readings
from data.knowledge.search_terms import TermExtractor

BEFORE = "How much is the Lookout Room?"


@pytest.mark.parametrize(
    "question",
    [
        "And on Sundays?",
        "what about the bigger one",
        "How much is that?",
        "when do you have them",
        "on Saturdays?",
        "um, and for children",
        "until when",
        "How long does it take?",
    ],
)
def test_what_leans_on_the_question_before_is_searched_with_it(question: str) -> None:
    assert readings(question, BEFORE, TermExtractor()) == (f"{BEFORE} {question}",)


@pytest.mark.parametrize(
    "question",
    [
        "Where are you located?",
        "What does it cost to have my hedge cut?",
        "Is there a discount for nurses?",
        "How far is it from the ferry?",
        "Do you treat children?",
        "I'd like to know whether the crew could also take a piano and two beds up to the fourth floor",
    ],
)
def test_what_stands_on_its_own_is_left_alone(question: str) -> None:
    assert readings(question, BEFORE, TermExtractor()) == (question,)


@pytest.mark.parametrize(
    "question",
    [
        "And how much does the bicycle weigh?",
        "and after how many hours should I clean the microwave",
        "Okay, and is breakfast included?",
        "Also, do you take credit cards?",
    ],
)
def test_and_may_go_on_or_begin_another_matter(question: str) -> None:
    assert readings(question, BEFORE, TermExtractor()) == (question, f"{BEFORE} {question}")


@pytest.mark.parametrize("previous", [None, "", "  "])
def test_without_a_question_before_there_is_nothing_to_add(previous: str | None) -> None:
    assert readings("And on Sundays?", previous, TermExtractor()) == ("And on Sundays?",)


def test_a_long_story_before_is_cut() -> None:
    [resolved] = readings("And on Sundays?", "word " * 500, TermExtractor())
    assert len(resolved) < 250
