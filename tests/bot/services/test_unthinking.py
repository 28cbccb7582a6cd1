"""Thoughts are not spoken, however the reply is cut into pieces."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.services.unthinking import UnthinkingText


def spoken(*pieces: str) -> str:
    text = UnthinkingText()
    return "".join(text.feed(piece) for piece in pieces) + text.flush()


@pytest.mark.parametrize(
    ("reply", "wanted"),
    [
        ("We open at nine.", "We open at nine."),
        ("<think>They ask for hours.</think>We open at nine.", "We open at nine."),
        ("<THINKING>Hm.</THINKING>\n\nNine.", "\n\nNine."),
        ("They ask for hours.</think>Nine.", "They ask for hours.Nine."),
        ("Two <think>a</think>or<think>b</think> three.", "Two or three."),
        ("It is < 3 and > 2.", "It is < 3 and > 2."),
        ("<think>never closed", ""),
        ("a <thin", "a <thin"),
    ],
)
def test_what_is_said_of_a_reply(reply: str, wanted: str) -> None:
    assert spoken(reply) == wanted
    assert spoken(*reply) == wanted


def test_text_without_any_tag_passes_at_once() -> None:
    text = UnthinkingText()
    assert text.feed("We open") == "We open"
    assert text.feed(" at <") == " at "
    assert text.feed("b") == "<b"


@given(st.lists(st.sampled_from(["<think>", "</think>", "<", "think", ">", "a b", "</"]), max_size=12), st.data())
def test_how_it_is_cut_does_not_matter(parts: list[str], data: st.DataObject) -> None:
    reply = "".join(parts)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(reply)), max_size=5)))
    pieces = [reply[a:b] for a, b in zip([0, *cuts], [*cuts, len(reply)], strict=True)]
    assert spoken(*pieces) == spoken(reply)
