"""How often something may happen, and how much is remembered of it."""

from hypothesis import given
from hypothesis import strategies as st

from api.token_bucket import TokenBuckets


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_burst_passes_and_then_the_steady_rate() -> None:
    clock = Clock()
    buckets = TokenBuckets(10, clock=clock)
    assert [buckets.take("a") for _ in range(10)] == [0] * 10
    assert buckets.wait("a") == buckets.take("a") == 6.0
    assert buckets.take("b") == 0
    clock.now += 5.9
    assert 0 < buckets.take("a") < 0.2
    clock.now += 0.2
    assert buckets.take("a") == 0
    clock.now += 3600
    assert [buckets.take("a") for _ in range(11)][-2:] == [0, 6.0]


def test_zero_sets_no_limit_and_remembers_nothing() -> None:
    buckets = TokenBuckets(0)
    assert [buckets.take("a") for _ in range(1000)] == [0] * 1000
    assert len(buckets) == 0


def test_the_name_longest_unheard_of_is_forgotten() -> None:
    buckets = TokenBuckets(1, most_names=100, clock=Clock())
    buckets.take("first")
    for number in range(99):
        buckets.take(f"n{number}")
    assert buckets.wait("first") > 0
    buckets.take("one more")
    assert len(buckets) == 100
    assert buckets.wait("first") == 0


@given(st.integers(1, 50), st.lists(st.floats(0, 5), max_size=200))
def test_no_minute_lets_more_than_twice_the_limit_through(limit: int, pauses: list[float]) -> None:
    clock = Clock()
    buckets = TokenBuckets(limit, clock=clock)
    taken: list[float] = []
    for pause in pauses:
        clock.now += pause
        if buckets.take("a") == 0:
            taken.append(clock.now)
        assert sum(clock.now - at < 60 for at in taken) <= 2 * limit
