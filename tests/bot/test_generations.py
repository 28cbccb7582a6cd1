"""Numbers of replies."""

from hypothesis import given
from hypothesis import strategies as st

from bot.generations import Generations


@given(st.lists(st.booleans(), max_size=50))
def test_a_reply_is_current_until_everything_is_invalidated(steps: list[bool]) -> None:
    generations = Generations()
    current: list[int] = []
    stale: list[int] = []
    for begins in steps:
        if begins:
            number = generations.next()
            assert number not in current + stale
            current.append(number)
        else:
            generations.invalidate()
            stale += current
            current = []
        assert all(generations.is_current(number) for number in current)
        assert not any(generations.is_current(number) for number in stale)
        assert generations.any_current == bool(current)


def test_no_reply_has_the_number_0() -> None:
    generations = Generations()
    assert not generations.is_current(0)
    assert generations.next() > 0
