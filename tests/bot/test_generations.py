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


def test_a_held_reply_is_current_and_counts_only_once_it_is_released() -> None:
    generations = Generations()
    number = generations.next(held=True)
    assert generations.is_current(number)
    assert generations.is_held(number)
    assert not generations.any_current
    generations.release(number)
    assert not generations.is_held(number)
    assert generations.any_current


def test_one_reply_can_be_withdrawn_alone() -> None:
    generations = Generations()
    first, early = generations.next(), generations.next(held=True)
    generations.withdraw(early)
    assert generations.is_current(first)
    assert not generations.is_current(early)
    assert not generations.is_held(early)
    generations.release(early)
    assert not generations.is_current(early)


def test_what_is_invalidated_is_held_no_longer() -> None:
    generations = Generations()
    early = generations.next(held=True)
    generations.invalidate()
    assert not generations.is_held(early)
    assert not generations.is_current(early)
    assert not generations.any_current
