import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.statistics import Spread, nearest_rank, slope

VALUES = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=200).map(sorted)


def test_nearest_rank_by_its_textbook_example() -> None:
    ordered = [15.0, 20.0, 35.0, 40.0, 50.0]
    assert [nearest_rank(ordered, percent) for percent in (5, 30, 40, 50, 100)] == [15, 20, 20, 35, 50]


@given(VALUES, st.integers(0, 100))
def test_a_percentile_is_a_value_that_enough_values_do_not_exceed(ordered: list[float], percent: int) -> None:
    value = nearest_rank(ordered, percent)
    assert value in ordered
    assert sum(other <= value for other in ordered) * 100 >= percent * len(ordered)
    smaller = [other for other in ordered if other < value]
    if percent and smaller:
        assert len(smaller) * 100 < percent * len(ordered)


@pytest.mark.parametrize(("ordered", "percent"), [([], 50), ([1.0], 101), ([1.0], -1)])
def test_what_has_no_percentile(ordered: list[float], percent: float) -> None:
    with pytest.raises(ValueError, match="percentile"):
        nearest_rank(ordered, percent)


def test_a_spread_leaves_out_what_was_not_measured() -> None:
    spread = Spread.of([30.0, None, 10.0, 20.0])
    assert spread is not None
    assert (spread.count, spread.p50, spread.p95, spread.largest) == (3, 20.0, 30.0, 30.0)
    assert Spread.of([None]) is None


@given(st.floats(-100, 100), st.floats(-10, 10), st.integers(2, 50))
def test_slope_of_a_line_is_its_own(start: float, step: float, count: int) -> None:
    assert slope([start + step * index for index in range(count)]) == pytest.approx(step, abs=1e-6)


def test_slope_of_too_little_is_nothing() -> None:
    assert slope([]) == slope([5.0]) == 0.0
