"""What a search over the content of documents looks for, and what it shows."""

import fnmatch

import pytest

from data.knowledge.content_terms import MAX_TERMS, content_terms, segments, widened
from data.knowledge_records import ContentTerm


def _words(query: str) -> list[str]:
    return [term.word for term in content_terms(query)]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("What do the batteries cost?", ["batter", "cost"]),
        ("Battery, battery!", ["batter"]),
        ("who are you", ["who"]),
        ("are you", ["are", "you"]),
        ("dying skies", ["dying", "skies"]),
        ("FL-1625", ["fl", "1625"]),
        ("Öffnungszeiten der STRASSE Straße", ["öffnungszeiten", "der", "strass", "straße"]),
        (" -_%? ", []),
        ("", []),
    ],
)
def test_a_query_is_what_the_forms_of_its_words_begin_with(query: str, words: list[str]) -> None:
    assert _words(query) == words


def test_long_queries_are_cut_off() -> None:
    assert len(content_terms(" ".join(f"word{n}" for n in range(100)))) == MAX_TERMS


@pytest.mark.parametrize("other", ["batery", "batttery", "battwry", "btatery", "batteyr", "bxattery"])
def test_a_widened_word_stands_for_its_neighbours(other: str) -> None:
    for written, meant in ((other, "battery"), ("battery", other)):
        wide = widened(ContentTerm(written, (written,)))
        assert any(fnmatch.fnmatchcase(meant, f"*{one}*") for one in wide.spellings), (written, meant)
        assert any(piece in meant for piece in wide.pieces), (written, meant)


@pytest.mark.parametrize("word", ["four", "1625123", "x" * 21])
def test_short_and_long_words_and_numbers_are_not_widened(word: str) -> None:
    term = ContentTerm(word, (word,))
    assert widened(term) == term


def test_a_passage_is_divided_at_what_was_looked_for() -> None:
    shown = segments("The Batteries. A battery (new)", content_terms("new battery"))
    assert [(part.text, part.is_hit) for part in shown] == [
        ("The ", False),
        ("Batteries", True),
        (". A ", False),
        ("battery", True),
        (" (", False),
        ("new", True),
        (")", False),
    ]
    wide = segments("A battery", tuple(map(widened, content_terms("batery"))))
    assert [part.text for part in wide if part.is_hit] == ["battery"]
    assert [part.text for part in segments("all of it", ())] == ["all of it"]
