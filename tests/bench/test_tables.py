import pytest

from bench.memory_report import MemoryReport
from bench.tables import comparison_table, latency_tables, memory_tables
from tests.bench.reports import latency_report, latency_row, memory_report, stock_report


def test_every_row_has_a_cell_for_every_column() -> None:
    for table in (*latency_tables(latency_report()), *memory_tables(memory_report())):
        assert all(len(row) == len(table.columns) for row in table.rows)
        assert table.for_screen().row_count == len(table.rows)


def test_times_are_shown_with_their_percentiles() -> None:
    waiting = latency_tables(latency_report())[0]
    row = dict(zip(waiting.columns, waiting.rows[1], strict=True))
    assert row["calls"] == "10"
    assert row["voice-to-voice"] == "710 / 760 / 760"
    assert row["greeting"] == "–"


def test_times_of_a_late_generator_are_marked() -> None:
    waiting = latency_tables(latency_report(latency_row(1), latency_row(10, lateness_p99_ms=10.0)))[0]
    assert [row[-1] for row in waiting.rows] == ["yes", "no: callers late"]


def test_the_page_gets_a_markdown_table() -> None:
    lines = latency_tables(latency_report())[1].for_page().splitlines()
    assert lines[2].count("|") == lines[3].count("|") == lines[4].count("|")
    assert "1 (longest 40 ms)" in lines[4]


def test_memory_per_call_and_growth() -> None:
    report = memory_report()
    assert report.growth_per_sequential_call == pytest.approx(0.5)
    assert report.per_concurrent_call == pytest.approx(1.0)
    assert report.growth_after_first_batch == pytest.approx(0.5)
    sequential, batches = memory_tables(report)
    assert sequential.columns == ("ready", "after 1", "after 10", "after 14", "growth per call after 10")
    assert sequential.rows[0][-1] == "+0.500"
    assert [row[-1] for row in batches.rows] == ["1.00", "0.80"]


def test_memory_without_batches_grows_by_nothing() -> None:
    report = MemoryReport.model_validate({**memory_report().model_dump(), "batches": ()})
    assert report.per_concurrent_call == report.growth_after_first_batch == 0.0


def test_the_stock_bot_is_shown_without_what_it_does_not_tell() -> None:
    _, order, *_ = tables = latency_tables(stock_report(latency_row(1)))
    assert dict(zip(order.columns, order.rows[0], strict=True))["wrong"] == "–"
    assert len(tables) == len(latency_tables(latency_report())) - 1


def test_the_comparison_has_a_ratio_for_every_row_that_both_have() -> None:
    slower = latency_row(10).model_copy(update={"cpu_seconds_per_call_minute": 3.0, "rss_mib": None})
    table = comparison_table(latency_report(latency_row(1), latency_row(10)), stock_report(latency_row(5), slower))
    [row] = table.rows
    cells = dict(zip(table.columns, row, strict=True))
    assert cells["calls"] == "10"
    assert cells["CPU-s per call-minute"] == "0.75 / 3.00 (4.0×)"
    assert cells["voice-to-voice p50, ms"] == "710 / 710 (1.0×)"
    assert (cells["MiB"], cells["greeting p50, ms"]) == ("–", "–")
