"""Chunks: nothing of a document is lost, none is too large, and they end where the text does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.errors import ConfigurationError
from data.knowledge.chunking import ChunkOptions, TextChunk, chunk_text

WORDS = st.text("abcdefghij", min_size=1, max_size=12)
SENTENCES = st.lists(WORDS, min_size=1, max_size=12).map(lambda words: " ".join(words) + ".")
PARAGRAPHS = st.lists(SENTENCES, min_size=1, max_size=8).map(" ".join)
BULLETS = st.lists(SENTENCES, min_size=1, max_size=8).map(lambda items: "\n".join(f"- {item}" for item in items))
TABLES = st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=12).map(
    lambda rows: "\n".join(["| one | two |", "| --- | --- |", *(f"| {a} | {b} |" for a, b in rows)])
)
CODE = st.lists(WORDS, min_size=1, max_size=20).map(
    lambda lines: "```\n# no heading\n" + "\n".join(lines) + "\n```"
)
QUESTIONS = st.tuples(SENTENCES, PARAGRAPHS).map(lambda pair: f"Q: {pair[0]}\nA: {pair[1]}")
BLOCKS = st.one_of(PARAGRAPHS, BULLETS, TABLES, CODE, QUESTIONS)
HEADINGS = st.tuples(st.integers(1, 6), SENTENCES)
OPTIONS = st.integers(40, 600).flatmap(
    lambda limit: st.builds(ChunkOptions, st.just(limit), st.integers(0, limit // 2))
)


def letters(text: str) -> str:
    return "".join(text.split())


def prefix_length(chunk: TextChunk) -> int:
    return len(" > ".join(chunk.title_path)) + 1


def assert_within_limits(chunks: tuple[TextChunk, ...], options: ChunkOptions) -> None:
    assert [chunk.position for chunk in chunks] == list(range(len(chunks)))
    for chunk in chunks:
        assert chunk.body.strip()
        assert len(chunk.text) <= options.limit + prefix_length(chunk)


@given(st.text(), OPTIONS)
def test_any_text_at_all_stays_within_the_limits_and_keeps_its_letters(text: str, options: ChunkOptions) -> None:
    chunks = chunk_text("Title", text, options)
    assert_within_limits(chunks, options)
    everything = letters("".join(chunk.text for chunk in chunks))
    assert {character for character in letters(text) if character.isalnum()} <= set(everything)


@given(st.lists(BLOCKS, min_size=1, max_size=8), OPTIONS)
def test_without_headings_the_bodies_are_the_text(blocks: list[str], options: ChunkOptions) -> None:
    text = "\n\n".join(blocks)
    chunks = chunk_text("Title", text, options)
    assert_within_limits(chunks, options)
    assert letters("".join(chunk.body for chunk in chunks)) == letters(text)


@given(st.lists(st.one_of(BLOCKS, HEADINGS), min_size=1, max_size=10), OPTIONS)
def test_with_headings_every_body_is_kept_and_every_heading_is_found(
    parts: list[str | tuple[int, str]], options: ChunkOptions
) -> None:
    text = "\n\n".join(part if isinstance(part, str) else "#" * part[0] + " " + part[1] for part in parts)
    chunks = chunk_text("Title", text, options)
    assert_within_limits(chunks, options)
    bodies = letters("".join(chunk.body for chunk in chunks))
    titles = {letters(title) for chunk in chunks for title in chunk.title_path}
    for part in parts:
        if isinstance(part, str):
            assert letters(part) in bodies
        else:
            assert letters(part[1]) in titles or letters(part[1]) in bodies


@given(st.lists(st.one_of(PARAGRAPHS, BULLETS), min_size=1, max_size=6))
def test_the_same_text_gives_the_same_chunks_whatever_its_line_ends(blocks: list[str]) -> None:
    text = "\n\n".join(blocks)
    assert chunk_text("Title", text) == chunk_text("Title", text.replace("\n", "\r\n"))


def test_the_heading_path_is_on_the_first_line() -> None:
    chunks = chunk_text(
        "ignored", "# Prices\n\nIntro.\n\n## Battery\n\nIt costs 9,850 dollars.\n\n# Hours\n\nNine."
    )
    assert [chunk.text for chunk in chunks] == [
        "Prices\nIntro.",
        "Prices > Battery\nIt costs 9,850 dollars.",
        "Hours\nNine.",
    ]


def test_a_text_without_headings_carries_the_document_title() -> None:
    assert chunk_text("Price list", "It costs 5 dollars.")[0].text == "Price list\nIt costs 5 dollars."


def test_underlined_titles_of_plain_text_are_headings() -> None:
    chunks = chunk_text("x", "PAYMENT\n=======\n\nWays\n----\n\nBy card.")
    assert chunks[0].title_path == ("PAYMENT", "Ways")


def test_a_heading_without_text_is_kept() -> None:
    assert [chunk.text for chunk in chunk_text("Doc", "# One\n\n# Two\n\nText.")] == [
        "Doc\nOne",
        "Two\nText.",
    ]


def test_a_split_table_repeats_its_header() -> None:
    rows = "\n".join(f"| plan {number} | {number * 100} dollars |" for number in range(30))
    chunks = chunk_text("Prices", f"| Plan | Price |\n| --- | --- |\n{rows}", ChunkOptions(200, 20))
    assert len(chunks) > 2
    assert all(chunk.text.splitlines()[1] == "| Plan | Price |" for chunk in chunks)
    assert all(line.endswith("|") for chunk in chunks for line in chunk.body.splitlines())


def test_a_split_list_repeats_its_lead_in_and_keeps_items_whole() -> None:
    items = "\n".join(f"- County number {number} with its towns" for number in range(12))
    chunks = chunk_text("Areas", f"We work in these counties:\n\n{items}", ChunkOptions(150, 20))
    assert len(chunks) > 2
    assert all("We work in these counties:" in chunk.text for chunk in chunks)
    assert all(line.endswith("towns") for chunk in chunks for line in chunk.body.splitlines()[1:])


def test_a_question_stays_with_its_answer_and_alone() -> None:
    labelled = "Q: Is it loud?\nA: No.\nQ: Is it heavy?\nA: Yes."
    text = f"Some text before.\n\n{labelled}\n\nCan I return it?\n\nWithin 14 days.\n\nAfter."
    assert [chunk.body for chunk in chunk_text("FAQ", text)] == [
        "Some text before.",
        "Q: Is it loud?\nA: No.",
        "Q: Is it heavy?\nA: Yes.",
        "Can I return it?\n\nWithin 14 days.",
        "After.",
    ]


def test_running_prose_overlaps_by_whole_words() -> None:
    text = " ".join(f"Sentence number {number} says a little." for number in range(60))
    first, second, *_ = chunk_text("Prose", text, ChunkOptions(300, 50))
    assert second.repeated
    assert len(second.repeated) <= 50
    assert first.body.endswith(f" {second.repeated}")
    assert first.body.endswith(".")


def test_a_hash_sign_in_code_is_no_heading() -> None:
    assert chunk_text("Doc", "```\n# install\nrun\n```")[0].title_path == ("Doc",)


def test_what_the_parser_swallows_is_kept() -> None:
    text = "One.\n\n[a]: http://a.example\n\n# Two\n\n[b]: http://b.example"
    everything = "".join(chunk.text for chunk in chunk_text("Doc", text))
    assert "http://a.example" in everything
    assert "http://b.example" in everything


def test_white_space_gives_no_chunks() -> None:
    assert chunk_text("Doc", " \n\t\r\n ") == ()


@pytest.mark.parametrize(("limit", "overlap"), [(10, 0), (100, 51), (100, -1)])
def test_sizes_without_progress_are_refused(limit: int, overlap: int) -> None:
    with pytest.raises(ConfigurationError):
        ChunkOptions(limit, overlap)
