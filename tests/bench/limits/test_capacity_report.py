import pytest

from bench.limits.capacity_report import CapacityOptions, is_broken, shortcomings
from bench.limits.capacity_tables import capacity_tables
from bench.statistics import Spread
from tests.bench.reports import capacity_report, good_row


def test_the_most_calls_in_good_order_are_named() -> None:
    slow = good_row(75).model_copy(update={"overhead": Spread.of([310.0])})
    report = capacity_report(good_row(25), good_row(50), slow, good_row(100))
    assert report.most_calls == 50
    table, cost = capacity_tables(report)
    assert all(len(row) == len(cost.columns) for row in cost.rows)
    assert "50" in table.title
    assert [row[1] for row in table.rows] == ["yes", "yes", "overhead p95 310 ms", "yes"]
    assert all(len(row) == len(table.columns) for row in table.rows)
    assert capacity_report(slow).most_calls == 0


@pytest.mark.parametrize(
    "change",
    [
        {"underruns": 1},
        {"interruption": Spread.of([151.0])},
        {"missing_replies": 1},
        {"interruptions_heeded": 0},
        {"lateness_p99_ms": 10.0},
        {"machine_stolen": 0.1},
    ],
)
def test_good_order_has_bounds(change: dict[str, object]) -> None:
    assert shortcomings(good_row(25)) == ()
    assert len(shortcomings(good_row(25).model_copy(update=change))) == 1


def test_memory_is_counted_from_the_server_without_calls() -> None:
    report = capacity_report(good_row(50).model_copy(update={"rss_mib": 310.0}))
    assert report.mib_per_call(report.rows[0]) == pytest.approx(0.2)


def test_every_caller_calls_once() -> None:
    options = CapacityOptions()
    assert [options.load.call_count(calls) for calls in options.calls] == list(options.calls)


def test_slowness_alone_breaks_nothing() -> None:
    slow = good_row(75).model_copy(update={"overhead": Spread.of([900.0]), "machine_stolen": 0.1})
    assert not is_broken(slow)
    for change in ({"underruns": 1}, {"missing_replies": 1}, {"lateness_p99_ms": 10.0}):
        assert is_broken(good_row(75).model_copy(update=change))
