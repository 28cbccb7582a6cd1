"""Whether times are the server's own."""

import pytest

from bench.trust import MOST_LATENESS_MS, MOST_STOLEN, Trust


@pytest.mark.parametrize("stolen", [None, 0.0, MOST_STOLEN])
def test_times_are_trusted_where_callers_are_punctual_and_the_machine_is_theirs(stolen: float | None) -> None:
    trust = Trust(lateness_p50_ms=1.0, lateness_p99_ms=MOST_LATENESS_MS - 0.1, machine_stolen=stolen)
    assert trust.doubts == ()
    assert trust.trusted == "yes"


def test_doubts_are_named() -> None:
    trust = Trust(lateness_p50_ms=1.0, lateness_p99_ms=MOST_LATENESS_MS, machine_stolen=0.12)
    assert trust.callers_are_late
    assert trust.trusted == "no: callers late, 12% stolen"


def test_a_stolen_machine_is_not_the_callers_fault() -> None:
    trust = Trust(lateness_p50_ms=1.0, lateness_p99_ms=1.0, machine_stolen=0.12)
    assert not trust.callers_are_late
    assert trust.trusted == "no: 12% stolen"
