"""The gate in front of writes."""

from bot.spoken_answers import ConfirmationAnswer
from bot.tools.confirmation import ConfirmationGate


def _asked() -> ConfirmationGate:
    gate = ConfirmationGate()
    gate.propose("book", {"day": "Tuesday"}, "Shall I book Tuesday?", turn=3)
    return gate


def test_nothing_is_open_at_first() -> None:
    assert ConfirmationGate().answer("yes", turn=1) is None


def test_yes_in_a_later_turn_closes_it() -> None:
    gate = _asked()
    decision = gate.answer("Yes.", turn=4)
    assert decision is not None
    assert (decision.answer, decision.action.arguments) == (ConfirmationAnswer.YES, {"day": "Tuesday"})
    assert gate.pending is None


def test_the_turn_of_the_question_decides_nothing() -> None:
    gate = _asked()
    decision = gate.answer("Yes.", turn=3)
    assert decision is not None
    assert decision.answer is ConfirmationAnswer.OTHER
    assert gate.pending is not None


def test_it_survives_two_unclear_answers() -> None:
    gate = _asked()
    gate.answer("What?", turn=4)
    gate.answer("How long is it?", turn=5)
    decision = gate.answer("Yes.", turn=6)
    assert decision is not None
    assert decision.answer is ConfirmationAnswer.YES


def test_it_lapses_with_the_third() -> None:
    gate = _asked()
    for turn in (4, 5, 6):
        gate.answer("What?", turn=turn)
    assert gate.answer("Yes.", turn=7) is None


def test_asking_again_starts_anew() -> None:
    gate = _asked()
    gate.answer("What?", turn=4)
    gate.propose("book", {"day": "Tuesday"}, "Shall I book Tuesday?", turn=4)
    assert gate.pending is not None
    assert gate.pending.unclear_answers == 0
