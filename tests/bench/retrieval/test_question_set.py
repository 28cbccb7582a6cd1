"""The question set is what it claims to be."""

from pathlib import Path

import pytest

from bench.retrieval.laboratory import chunks_of
from bench.retrieval.question_set import Part, QuestionKind, load_businesses
from config.errors import InvalidInputError
from data.knowledge.chunking import ChunkOptions

BUSINESSES = load_businesses()


def test_there_is_enough_of_everything() -> None:
    for part in Part:
        own = [business for business in BUSINESSES if business.part is part]
        questions = [question for business in own for question in business.questions]
        assert len(own) >= 3
        assert len(questions) >= 200
        assert {question.kind for question in questions if question.is_answerable} == set(QuestionKind)
        unanswerable = sum(not question.is_answerable for question in questions)
        assert 0.2 <= unanswerable / len(questions) <= 0.3


@pytest.mark.parametrize("business", BUSINESSES, ids=lambda business: business.key)
def test_every_answer_is_in_the_documents(business: object) -> None:
    assert business in BUSINESSES
    for own in BUSINESSES:
        if own == business:
            texts = [chunk.text for chunk in chunks_of(own, ChunkOptions())]
            missing = [
                question.text
                for question in own.questions
                if question.is_answerable and not any(question.is_answered_by(text) for text in texts)
            ]
            assert missing == []


def test_no_question_and_no_fact_is_in_both_parts() -> None:
    texts = {
        part: {
            question.text for business in BUSINESSES if business.part is part for question in business.questions
        }
        for part in Part
    }
    shared = texts[Part.FIT] & texts[Part.TEST]
    # Two businesses may be asked for their hours; what answers is another fact.
    assert len(shared) <= 6, shared


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "questions.yaml").write_text("part: [fit", encoding="utf-8")
    with pytest.raises(InvalidInputError, match=r"shop/questions\.yaml"):
        load_businesses(tmp_path)
