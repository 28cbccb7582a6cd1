from bench.answers.answers_report import CacheUse
from bench.answers.answers_tables import answers_tables
from tests.bench.reports import answers_report, answers_row


def test_every_row_has_a_cell_for_every_column() -> None:
    for table in answers_tables(answers_report()):
        assert len(table.rows) == len(CacheUse)
        assert all(len(row) == len(table.columns) for row in table.rows)


def test_waiting_times_stand_beside_what_the_model_needed() -> None:
    waiting, _ = answers_tables(answers_report())
    row = dict(zip(waiting.columns, waiting.rows[1], strict=True))
    assert row["cache"] == "on"
    assert row["replies"] == "4"
    assert row["voice-to-voice (p50 / p95 / p99)"] == "490 / 700 / 700"
    assert row["of these, asked before (p50 / p95 / p99)"] == "480 / 490 / 490"
    assert row["llm first token (p50 / p95)"] == "1 / 210"


def test_the_share_from_the_cache_is_that_of_all_questions() -> None:
    _, answers = answers_tables(answers_report())
    cells = [dict(zip(answers.columns, row, strict=True)) for row in answers.rows]
    assert [row["from the cache"] for row in cells] == ["0 of 4 (0.0 %)", "2 of 4 (50.0 %)", "0 of 4 (0.0 %)"]
    assert [row["looked up"] for row in cells] == ["0", "4", "4"]


def test_a_server_that_tells_nothing_has_no_share() -> None:
    row = answers_row(CacheUse.ON)
    untold = row.model_copy(update={"lookups": None, "figures": row.figures.model_copy(update={"stages": {}})})
    waiting, answers = answers_tables(answers_report(untold))
    assert waiting.rows[0][4] == "–"
    assert answers.rows[0][1:3] == ("–", "–")
