from pathlib import Path

import pytest

from bench.shop import (
    FACT_COUNT,
    chunk_count,
    documents,
    fact_question,
    long_question,
    product_name,
    similar_question,
    write_organization,
)
from data.knowledge.organization import load_organization
from simulator.ollama.responder.prompt import Message, Prompt
from simulator.ollama.responder.respond import respond


def test_every_fact_is_a_chunk_of_its_own() -> None:
    assert chunk_count() == FACT_COUNT == 200


def test_eight_hundred_questions_are_all_different() -> None:
    assert len({fact_question(index).text for index in range(4 * FACT_COUNT)}) == 4 * FACT_COUNT


def test_rows_of_similar_questions_ask_for_the_same_kinds_of_facts() -> None:
    rows = [[similar_question(number, row).text for number in range(20)] for row in range(10)]
    assert len({text for row in rows for text in row}) == FACT_COUNT
    products = sorted(map(product_name, range(20)), key=len, reverse=True)

    def kind(text: str) -> str:
        return text.replace(next(product for product in products if product in text), "thing")

    assert len({tuple(map(kind, row)) for row in rows}) == 1
    assert rows[0][0] == fact_question(0).text


def test_the_documents_hold_every_answer_once() -> None:
    text = "\n".join(documents().values())
    for index in range(FACT_COUNT):
        question = fact_question(index)
        assert question.answer is not None
        product = question.text
        sections = [part for part in text.split("## ") if question.is_answered_by(part)]
        assert any(word in part for part in sections for word in product.rstrip("?").split()[-2:])


@pytest.mark.parametrize(
    ("reply", "right"),
    [
        ("It costs 41 dollars in the shop.", True),
        ("It costs 141 dollars.", False),
        ("I'm sorry, I don't have that information.", False),
        ("41 Dollars.", True),
        ("", False),
    ],
)
def test_an_answer_is_known_by_its_number_and_unit(reply: str, right: bool) -> None:
    question = fact_question(0)
    assert question.answer == "41 dollars"
    assert question.is_answered_by(reply) is right


def test_the_long_question_has_a_long_answer() -> None:
    kettle = documents()["kettle.md"].split("\n\n## ")[1:4]
    found = "".join(f"<document>{section}</document>" for section in kettle)
    asked = f"<documents>{found}</documents>\n\nThe caller said: {long_question(0).text}"
    reply = respond(Prompt(messages=(Message("user", asked),))).text
    assert len(reply.split()) > 50


def test_more_chunks_are_about_what_nobody_asks() -> None:
    assert 1000 <= chunk_count(995) <= 1004
    few, many = documents(), documents(995)
    assert few.items() <= many.items()
    asked = [fact_question(index).text for index in range(FACT_COUNT)]
    added = [name.removesuffix(".md").replace("_", " ") for name in many.keys() - few.keys()]
    assert len(added) == 80
    assert not any(name in question for name in added for question in asked)


def test_the_folder_is_an_organization(tmp_path: Path) -> None:
    write_organization(tmp_path / "shop")
    organization = load_organization(tmp_path / "shop")
    assert organization.config.first_message
    assert len(organization.knowledge.files) == 20
    assert not organization.knowledge.skipped
