"""The tables of storage say what was lost, and the reports know whether all is in order."""

from bench.storage_tables import kill_tables, stall_tables
from tests.bench.reports import kill_report, stall_report


def test_every_row_has_a_cell_for_every_column() -> None:
    for table in (*kill_tables(kill_report()), *stall_tables(stall_report())):
        assert all(len(row) == len(table.columns) for row in table.rows)


def test_what_counts_is_shown() -> None:
    killed = kill_tables(kill_report(lost=1))[0]
    row = dict(zip(killed.columns, killed.rows[0], strict=True))
    assert (row["finished turns"], row["lost"], row["failed as lost"]) == ("3", "1", "1 of 1")
    assert killed.rows[1][0] == "sqlite, stalled"
    fed, calls = stall_tables(stall_report())
    row = dict(zip(fed.columns, fed.rows[0], strict=True))
    assert (row["stored"], row["most on the disk"], row["disk empty after the stall, s"]) == ("500", "190", "1")
    assert calls.rows[0][2] == "1 of 1; 710 / 710 / 710"


def test_in_order_is_only_what_lost_nothing() -> None:
    assert kill_report().rows[0].is_in_order
    assert not kill_report(lost=1).rows[0].is_in_order
    assert not kill_report(is_failed=False).rows[0].is_in_order
    assert stall_report().rows[0].is_in_order
    assert not stall_report(stored=499).rows[0].is_in_order
    assert not stall_report(unanswered=1).rows[0].is_in_order
