"""Twenty flushes a minute."""

from hypothesis import given
from hypothesis import strategies as st

from bot.services.flush_budget import FlushBudget


@given(st.lists(st.floats(0, 5), max_size=120))
def test_no_window_of_a_minute_holds_more_than_twenty(gaps: list[float]) -> None:
    budget, now, sent = FlushBudget(), 0.0, []
    for gap in gaps:
        now += gap
        wait = budget.wait_seconds(now)
        assert (wait > 0) == (budget.left(now) <= 0)
        if wait == 0:
            budget.spend(now)
            sent.append(now)
    for at in sent:
        assert sum(at <= other < at + 59.99 for other in sent) <= 20


def test_after_the_wait_there_is_room_for_one_more() -> None:
    budget = FlushBudget(limit=2, window_seconds=10)
    budget.spend(0.0)
    budget.spend(4.0)
    assert budget.wait_seconds(5.0) == 5.0
    assert budget.left(10.0) == 1
    budget.reset()
    assert budget.left(10.0) == 2
