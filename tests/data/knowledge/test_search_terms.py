"""What of a question and of a passage is compared."""

import pytest

from data.knowledge.search_terms import TermExtractor, codes_of
from data.knowledge.spoken_numbers import spoken_numbers


@pytest.mark.parametrize(
    ("said", "numbers"),
    [
        ("five fifty", ("550",)),
        ("twenty five people", ("25",)),
        ("three hundred megabit", ("300",)),
        ("two hundred and fifty", ("250",)),
        ("one zero four", ("104",)),
        ("it says e zero seven", ("07",)),
        ("nineteen eighty four or thirty", ("1984", "30")),
        ("two thousand twenty six", ("2026",)),
        ("one of us, oh well", ()),
        ("", ()),
    ],
)
def test_numbers_are_read_as_they_are_written(said: str, numbers: tuple[str, ...]) -> None:
    assert spoken_numbers(said) == numbers


def test_little_words_and_words_for_a_kind_of_answer_are_set_apart() -> None:
    terms = TermExtractor().terms("Um, hi, how much do you charge for two porcelain crowns?")
    assert terms.words[:2] == ("two", "porcelain")
    assert "crown" in terms.words
    assert terms.kind_words == ("how", "much", "charg")


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("What does FL-1625 cost?", {"fl1625"}),
        ("the WR 550 and E07", {"wr550", "e07"}),
        ("the PON light at 3pm on the 4th", {"pon"}),
        ("nothing here", set()),
    ],
)
def test_codes_have_one_spelling(text: str, codes: set[str]) -> None:
    assert codes_of(text) == codes


def test_a_spoken_code_is_among_the_codes() -> None:
    assert "220" in TermExtractor().terms("it says t w two twenty").codes
