"""Clauses and sentences for text-to-speech."""

import sys
from types import FrameType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processors.speech_chunker import FIRST_LONGEST, LONGEST, SpeechChunker

_WORDS = st.sampled_from(
    ["Hello", "Dr.", "Smith", "e.g.", "3.5", "$1,200", "10:30", "a.m.", "p.m.", "and", "but", "which", "yes,",
     "well.", "No.", "5", "etc.", "Really?", "Stop!", "one;", "two:", "—", "-", "–", "x.com/a?b=1", "me@x.org",
     "U.S.", "...", "\n", '"Fine."', "supercalifragilistic", "the", "of", "J.", "。", "Tuesday,", "24"]
)  # fmt: skip
_TEXTS = st.lists(_WORDS, max_size=120).map(" ".join)


def _chunks(text: str) -> list[str]:
    chunker = SpeechChunker()
    return chunker.feed(text) + chunker.flush()


def _streamed(tokens: list[str]) -> list[str]:
    chunker = SpeechChunker()
    return [chunk for token in tokens for chunk in chunker.feed(token)] + chunker.flush()


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Of course, I can help you with that.", "Of course,"),
        ("Well, I can help you with that. Anything else?", "Well, I can help you with that."),
        ("Sure! What day?", "Sure!"),
        ("Here it is: we open at nine.", "Here it is:"),
        ("We open early - at seven.", "We open early -"),
        ("We open early — at seven.", "We open early —"),
        ("Yes. We do.", "Yes."),
        ("No. 5 is free. Good.", "No. 5 is free."),
        ("Dr. Smith is in. Good.", "Dr. Smith is in."),
        ("It is 3.5 percent. Good.", "It is 3.5 percent."),
        ("It costs $1,200 a year. Good.", "It costs $1,200 a year."),
        ("We open at 10:30 a.m. today. Good.", "We open at 10:30 a.m. today."),
        ("We open at 10 a.m. Please come.", "We open at 10 a.m."),
        ("Call J. Smith now. Good.", "Call J. Smith now."),
        ("Fruit, e.g. apples. Good.", "Fruit, e.g. apples."),
        ("It is on Tuesday, 24 November. Good.", "It is on Tuesday, 24 November."),
        ("Write to me@x.org or see x.com. Good.", "Write to me@x.org or see x.com."),
        ('He said "yes." Good.', 'He said "yes."'),
        ("The first line\nThe second line", "The first line"),
        (
            "The standard warranty covers all machines for twenty four months and all their parts",
            "The standard warranty covers",
        ),
        (
            "The warranty covers the machine, for two years and more than that it does not",
            "The warranty covers the machine,",
        ),
    ],
)
def test_first_chunk(text: str, first: str) -> None:
    assert _chunks(text)[0] == first


def test_the_first_clause_comes_as_soon_as_the_next_word_begins() -> None:
    chunker = SpeechChunker()
    assert chunker.feed("Of course") == []
    assert chunker.feed(",") == []
    assert chunker.feed(" I") == ["Of course,"]


def test_later_chunks_are_sentences_and_short_ones_are_merged() -> None:
    text = (
        "Of course, I can help with that, no doubt. We are open. On weekdays. From nine to five, and on "
        "Saturdays from ten to two. Parking is free. The entrance is at the back. Ring twice. Bring a card."
    )
    assert _chunks(text) == [
        "Of course,",
        "I can help with that, no doubt.",
        "We are open. On weekdays. From nine to five, and on Saturdays from ten to two.",
        "Parking is free. The entrance is at the back. Ring twice. Bring a card.",
    ]


def test_the_second_chunk_may_end_with_a_clause_when_the_sentence_is_long() -> None:
    text = "Of course, the standard warranty that comes with every machine we sell, new or used, is two years."
    assert _chunks(text)[:2] == ["Of course,", "the standard warranty that comes with every machine we sell,"]


def test_flush_ends_the_reply_and_the_next_starts_early_again() -> None:
    chunker = SpeechChunker()
    assert chunker.feed("All good. And") == ["All good."]
    assert chunker.flush() == ["And"]
    assert chunker.feed("Of course, yes") == ["Of course,"]


@pytest.mark.parametrize("text", ["", "   ", "...", "—\n!", "\n\n"])
def test_nothing_to_say_gives_no_chunk(text: str) -> None:
    assert _chunks(text) == []


@given(_TEXTS, st.data())
def test_cuts_depend_on_the_text_alone(text: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=30)))
    pieces = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    assert _streamed(pieces) == _chunks(text)


def test_a_soft_break_far_ahead_is_not_preferred_because_the_model_wrote_it_in_one_token() -> None:
    text = "The standard warranty covers all machines bought here for two years."
    assert _chunks(text) == _streamed(list(text))


@given(_TEXTS)
def test_nothing_is_lost_and_nothing_is_too_long(text: str) -> None:
    chunks = _chunks(text)
    spoken = "".join("".join(chunks).split())
    whole = "".join(text.split())
    assert whole.startswith(spoken)
    assert not any(character.isalnum() for character in whole[len(spoken) :])
    assert all(len(chunk) <= LONGEST for chunk in chunks)
    assert all(any(character.isalnum() for character in chunk) for chunk in chunks)


@given(st.text(max_size=600))
def test_any_text_survives(text: str) -> None:
    letters = [character for character in text if character.isalnum()]
    assert [c for chunk in _streamed(list(text)) for c in chunk if c.isalnum()] == letters


def test_a_delta_costs_a_few_calls_however_long_the_reply_is() -> None:
    short, long = (
        _calls_a_token("The warranty covers parts and labour for two years, not wear. " * n) for n in (5, 80)
    )
    assert long < 60
    assert long < 1.1 * short


def _calls_a_token(text: str) -> float:
    """Python's and C's function calls, which are the same on every machine."""
    tokens = [f"{word} " for word in text.split()]
    calls = 0

    def count(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        _streamed(tokens)
    finally:
        sys.setprofile(None)
    return calls / len(tokens)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("The warranty on the microwave lasts thirteen months.", "The warranty on the microwave"),
        ("Assembly of the backpack takes 13 minutes and no tools.", "Assembly of the backpack takes"),
        ("Your appointment with Dr. Miller is on Tuesday at ten.", "Your appointment with Dr. Miller"),
        ("The kettle costs 13 dollars in the shop.", "The kettle costs 13 dollars"),
        ("We can deliver the sofa tomorrow morning.", "We can deliver the sofa tomorrow"),
        ("Delivery of it takes the whole morning.", "Delivery of it takes"),
        ("Theft insurance for the treadmill costs two dollars.", "Theft insurance for the treadmill"),
    ],
)
def test_an_opening_without_a_comma_is_cut_between_words_that_can_stand_apart(text: str, first: str) -> None:
    chunker = SpeechChunker()
    chunks = [chunk for word in text.split(" ") for chunk in chunker.feed(f"{word} ")] + chunker.flush()
    assert chunks[0] == first
    assert len(first) < FIRST_LONGEST + 5, "one word more, where nothing before it can end"
    assert " ".join(chunks) == text
