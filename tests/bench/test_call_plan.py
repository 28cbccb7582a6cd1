import pytest

from bench.call_plan import (
    CallPlan,
    Manner,
    plan_call,
    plan_short_call,
    plan_single_question,
    replies_of,
    texts_of,
)
from bench.load import spread_over_callers
from bench.shop import fact_question


def test_a_call_has_its_questions_one_interruption_and_a_goodbye() -> None:
    plan = plan_call(3, questions=4)
    manners = [said.manner for said in plan.utterances]
    assert manners.count(Manner.ASKED) == 5
    assert manners.count(Manner.INTERRUPTING) == 1
    assert manners[-1] is Manner.GOODBYE
    interrupting = manners.index(Manner.INTERRUPTING)
    assert plan.utterances[interrupting - 1].is_cut_short
    assert plan.utterances[interrupting].after_ms >= 1000
    assert 1 < interrupting < len(manners) - 1


def test_calls_ask_different_questions_and_interrupt_at_different_moments() -> None:
    plans = [plan_call(index, questions=4) for index in range(40)]
    asked = [said.question.text for plan in plans for said in plan.utterances if said.question.answer]
    assert len(set(asked)) == len(asked) == 200
    moments = {said.after_ms for plan in plans for said in plan.utterances if said.after_ms}
    assert len(moments) > 5


def test_a_short_call_ends_in_the_middle_of_the_reply() -> None:
    plan = plan_short_call(7)
    assert plan.hangs_up
    assert [said.manner for said in plan.utterances] == [Manner.ASKED]


def test_a_single_question_is_heard_out() -> None:
    plan = plan_single_question(7, fact_question(3))
    assert plan.hangs_up
    [asked] = plan.utterances
    assert asked.question == fact_question(3)
    assert asked.is_heard_out


@pytest.mark.parametrize("plan", [plan_call(0, 1), plan_short_call(0)])
def test_other_calls_end_when_the_last_reply_begins(plan: CallPlan) -> None:
    assert not plan.utterances[-1].is_heard_out


def test_texts_come_once() -> None:
    texts = texts_of([plan_call(0, 1), plan_call(0, 1)])
    assert len(texts) == len(set(texts)) == 4


@pytest.mark.parametrize("callers", [1, 3, 5])
def test_every_call_is_made_by_one_caller(callers: int) -> None:
    plans = [plan_call(index, 1) for index in range(5)]
    load = spread_over_callers(plans, callers)
    assert len(load.lanes) == callers
    assert sorted(plan.index for plan in load.plans) == [0, 1, 2, 3, 4]
    assert load.utterance_count == 20


def test_everything_that_is_asked_has_a_reply_that_answers_it() -> None:
    plan = plan_call(3, questions=4, hangs_up=True)
    replies = replies_of([plan])
    asked = [said.question for said in plan.utterances if said.manner is not Manner.GOODBYE]
    assert [question.text for question in asked if not question.is_answered_by(replies[question.text])] == []
    assert max(map(len, replies.values())) > 500, "long enough to be interrupted"
    assert plan.hangs_up
