"""When a process is late for good."""

from bot.media.loop_lag import LoopLag


def lag_of(*seconds: float) -> LoopLag:
    """One delay a second."""
    lag = LoopLag()
    for number, delay in enumerate(seconds):
        lag.note(100.0 + number, delay)
        lag.note(100.5 + number, 0.0)
    return lag


def test_three_late_seconds_in_a_row_are_a_sustained_lag() -> None:
    assert lag_of(0.3, 0.25, 0.4, 0.0).sustained == 0.25


def test_one_bad_second_is_not() -> None:
    lag = lag_of(0.0, 2.0, 0.0, 0.0)
    assert lag.sustained == 0.0
    assert lag.largest == 2.0


def test_the_second_that_is_not_over_does_not_count_yet() -> None:
    assert lag_of(0.3, 0.3).sustained == 0.0
    assert lag_of(0.3, 0.3, 0.3).sustained == 0.0
    assert lag_of(0.3, 0.3, 0.3, 0.0).sustained == 0.3


def test_what_was_long_ago_is_forgotten() -> None:
    lag = lag_of(0.3, 0.3, 0.3, 0.3)
    lag.note(200.0, 0.0)
    assert (lag.sustained, lag.largest) == (0.0, 0.0)
