"""Markdown to speech."""

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from processors.markdown import MarkdownStripper, strip_markdown

_FRAGMENTS = st.sampled_from(
    [*"*_~`[]()!<>&\\|#-+.\n 1ahT", "**", "```", "word ", "2*3", "http://x.y", "[a](b)", "![i](j)",
     "| a | b |\n", "&amp;", "- ", "1. ", "## ", "😀", "→", "<br>", "<5", "---\n", "> "]
)  # fmt: skip


@pytest.mark.parametrize(
    ("markdown", "spoken"),
    [
        ("Hello there.", "Hello there."),
        ("This is **very** *good* and __bold__ and _it_.", "This is very good and bold and it."),
        ("***Both***", "Both"),
        ("2*3 is 6, 2 * 3 too", "2 times 3 is 6, 2 times 3 too"),
        ("2**3", "2 to the power of 3"),
        ("Use snake_case_names please", "Use snake_case_names please"),
        ("# Title\nText", "Title.\nText"),
        ("- one\n- two!\n* three", "one.\ntwo!\nthree."),
        ("1. First\n2) Second", "1: First.\n2: Second."),
        ("-5 degrees and 3.5 percent", "-5 degrees and 3.5 percent"),
        ("3.5 million", "3.5 million"),
        ("> quoted", "quoted"),
        ("a\n\n---\n\nb", "a\n\n\nb"),
        ("See [our site](https://x.com/a_(b)) now", "See our site now"),
        ("![logo](x.png) Hi", "logo Hi"),
        ("As stated [1] and [^2].", "As stated  and ."),
        ("[not a link] here", "not a link here"),
        ("Run `make demo` now", "Run make demo now"),
        ("```python\nx = 1\n```\nDone", "x = 1\nDone"),
        ("| Day | Hours |\n|---|---|\n| Monday | 9 to 5 |\n", "Day, Hours.\nMonday, 9 to 5.\n"),
        ("Great! 😀 Bye 👋🏽", "Great!  Bye "),
        ("A → B", "A  to  B"),
        ("Tom &amp; Jerry, R&D, AT&T", "Tom & Jerry, R&D, AT&T"),
        ("under <5 kg<br>ok <b>yes</b>", "under <5 kg ok  yes "),
        ("Mail <info@x.com>", "Mail info@x.com"),
        (r"\*not\* emphasis, \$5", "*not* emphasis, $5"),
        ("~~old~~ ~5", "old ~5"),
        ("- [ ] todo\n- [x] done", " todo.\n done."),
        ("$1,200 at 10:30 a.m.", "$1,200 at 10:30 a.m."),
        ("```We open at nine", "We open at nine"),
    ],
)
def test_strips(markdown: str, spoken: str) -> None:
    assert strip_markdown(markdown) == spoken


@given(st.lists(_FRAGMENTS, max_size=25).map("".join), st.data())
def test_any_split_gives_the_same(text: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=12)))
    stripper = MarkdownStripper()
    pieces = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    assert "".join(stripper.feed(piece) for piece in pieces) + stripper.flush() == strip_markdown(text)


@given(st.text(alphabet="abcXYZ 0123456789.,;:?'\"$%()/", max_size=200))
def test_plain_text_is_untouched(text: str) -> None:
    assert " ".join(strip_markdown("Yes " + text).split()) == " ".join(("Yes " + text).split())


@given(st.lists(_FRAGMENTS, max_size=30).map("".join))
def test_nothing_but_marks_is_lost(text: str) -> None:
    """Every word outside of link targets survives; what follows a fence on its line names a language."""
    assume(re.search(r"(```|~~~)[^`\n]*word[^`\n]*\n", text) is None)
    assert strip_markdown(text).count("word") == text.count("word")


def test_plain_text_streams_without_delay() -> None:
    stripper = MarkdownStripper()
    assert [stripper.feed(token) for token in ("We", " are", " open", " today", ".")] == [
        "We",
        " are",
        " open",
        " today",
        ".",
    ]


def test_an_endless_link_is_given_up() -> None:
    text = "[" + "a" * 1000
    assert strip_markdown(text) == "a" * 1000


def test_an_instance_is_ready_for_the_next_reply() -> None:
    stripper = MarkdownStripper()
    assert stripper.feed("- item") + stripper.flush() == "item."
    assert stripper.feed("- item") + stripper.flush() == "item."
