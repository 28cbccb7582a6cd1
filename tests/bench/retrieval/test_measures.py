"""The figures about retrieval."""

import pytest

from bench.retrieval.measures import (
    hit_share,
    mean_reciprocal_rank,
    rejected_share,
    separation,
    threshold_losing,
)


def test_answers_found() -> None:
    ranks = [1, 2, 4, None]
    assert hit_share(ranks, 1) == 0.25
    assert hit_share(ranks, 3) == 0.5
    assert mean_reciprocal_rank(ranks) == pytest.approx((1 + 0.5 + 0.25) / 4)


def test_a_threshold_loses_no_more_than_it_may() -> None:
    answerable = [float(number) for number in range(100)]
    for lost in (0.0, 0.05, 0.1):
        threshold = threshold_losing(answerable, lost)
        assert sum(value < threshold for value in answerable) == lost * 100
    assert rejected_share(answerable, [-1.0, 4.5, 50.0], 0.05) == pytest.approx(2 / 3)


def test_separation_is_a_coin_for_the_same_and_certain_for_others() -> None:
    assert separation([1.0, 2.0], [1.0, 2.0]) == 0.5
    assert separation([2.0, 3.0], [0.0, 1.0]) == 1.0
