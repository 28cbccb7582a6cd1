"""Markdown and chunks together."""

from processors.spoken_text import SpokenText


def _speak(tokens: list[str]) -> list[str]:
    spoken = SpokenText()
    return [chunk for token in tokens for chunk in spoken.feed(token)] + spoken.flush()


def test_a_list_becomes_sentences() -> None:
    assert _speak(["**Of course**, here", " you are:\n", "- Monday", "\n- Tuesday 😀", "\n"]) == [
        "Of course,",
        "here you are: Monday. Tuesday.",
    ]


def test_addresses_are_spoken_without_their_scheme() -> None:
    assert _speak(["See https://www.", "example.com/a for more. Bye."]) == [
        "See example.com/a for more.",
        "Bye.",
    ]


def test_what_was_held_back_is_spoken_at_the_end() -> None:
    assert _speak(["It is 5 *"]) == ["It is 5"]
    assert _speak(["Hello [you"]) == ["Hello you"]


def test_one_instance_serves_many_replies() -> None:
    spoken = SpokenText()
    assert spoken.feed("## He") == []
    spoken.flush()
    assert spoken.feed("Of course, yes.") == ["Of course,"]
    assert spoken.flush() == ["yes."]
