"""A chunk's single statements."""

from data.knowledge.answer_kinds import AnswerKind, kinds_in, kinds_wanted
from data.knowledge.passages import MOST_PASSAGES, passages_of


def test_sentences_items_and_rows_stand_alone_under_their_heading() -> None:
    text = (
        "Clinic > Fees\nWe take cards. No checks, please.\n- **Night guard**: $420\n"
        "| Treatment | Fee |\n|---|---|\n| Crown. Porcelain | $1,180 |"
    )
    assert passages_of("Clinic > Fees", text) == (
        "Fees: We take cards.",
        "Fees: No checks, please.",
        "Fees: Night guard: $420",
        "Fees: | Treatment | Fee |",
        "Fees: | Crown. Porcelain | $1,180 |",
    )


def test_every_chunk_has_a_passage_and_none_has_too_many() -> None:
    assert passages_of("", "ok") == ("ok",)
    many = passages_of("T", "\n".join(f"- item number {number}" for number in range(100)))
    assert len(many) == MOST_PASSAGES
    assert "item number 99" in many[-1]


def test_a_question_wants_a_kind_of_answer_that_a_passage_has_or_not() -> None:
    assert kinds_wanted("How much is the ferry?") == (AnswerKind.AMOUNT,)
    assert kinds_wanted("What time do you open and where are you?") == (AnswerKind.TIME, AnswerKind.PLACE)
    assert kinds_wanted("Do you take dogs?") == ()
    assert AnswerKind.AMOUNT in kinds_in("Adult cleaning | $94 |")
    assert AnswerKind.AMOUNT not in kinds_in("The ferry lands nearby.")
    assert AnswerKind.TIME in kinds_in("open from 8:30 on Monday")
    assert AnswerKind.PERSON in kinds_in("ask Colin Webb")
