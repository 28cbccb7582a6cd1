import pytest

from bench.limits.soak_tables import soak_tables
from tests.bench.reports import soak_report


def test_growth_is_counted_after_the_warm_up() -> None:
    report = soak_report()
    assert (report.warm_mib, report.last_mib) == (400.0, 404.0)
    assert report.growth_percent == pytest.approx(1.0)


def test_what_is_left_is_shown() -> None:
    memory, left, calls = soak_tables(soak_report())
    for table in (memory, left, calls):
        assert all(len(row) == len(table.columns) for row in table.rows)
    assert memory.rows[0][-1] == "+1.00 %"
    assert {row[0]: row[-1] for row in left.rows} == {
        "tasks": "–",
        "sockets": "+1",
        "open files": "+0",
        "descriptors": "+0",
        "threads": "+0",
        "files in var/": "+0",
    }
