"""Each thing once, and no more than there is time for."""

from data.knowledge.selection import CHARACTERS_PER_TOKEN, select
from data.knowledge.snippet import Snippet


def snippet(name: str, text: str) -> Snippet:
    return Snippet("doc", name, "Title", text, 0.1)


def names(snippets: tuple[Snippet, ...]) -> list[str]:
    return [chosen.chunk_id for chosen in snippets]


def test_what_says_the_same_takes_no_place() -> None:
    found = [
        snippet("a", "We are open from nine to five on all weekdays of the year."),
        snippet("b", "We are open from nine to five on ALL weekdays of the year!"),
        snippet("c", "Closed on Sunday."),
    ]
    assert names(select(found, top_k=2, max_tokens=500)) == ["a", "c"]


def test_another_number_is_another_thing() -> None:
    found = [
        snippet("a", "The porcelain crown costs 900 dollars."),
        snippet("b", "The porcelain crown costs 950 dollars."),
    ]
    assert names(select(found, top_k=3, max_tokens=500)) == ["a", "b"]


def test_the_budget_holds_and_the_best_always_fits() -> None:
    long = "x" * CHARACTERS_PER_TOKEN * 60
    found = [snippet("a", long), snippet("b", f"y{long}"), snippet("c", "short")]
    assert names(select(found, top_k=3, max_tokens=50)) == ["a"]
    assert names(select(found, top_k=3, max_tokens=70)) == ["a", "c"]
    assert select([], top_k=3, max_tokens=50) == ()
