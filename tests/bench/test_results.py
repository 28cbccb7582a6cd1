from pathlib import Path

import pytest

from bench.cli import main
from bench.page import BEGIN, END, measured_section, replace_measured, update_page
from bench.results import read_reports, write_report
from config.errors import InvalidInputError
from tests.bench.reports import (
    MACHINE,
    answers_report,
    barge_in_report,
    capacity_report,
    kill_report,
    latency_report,
    latency_row,
    memory_report,
    noise_report,
    pauses_report,
    soak_report,
    stall_report,
    stock_report,
)

PAGE = f"# Performance\n\nHand-written.\n\n{BEGIN}\nold\n{END}\n\nMore.\n"
_MOST_PLOT_BYTES = 150_000


def test_reports_are_read_as_they_were_written(tmp_path: Path) -> None:
    reports = (
        latency_report(),
        stock_report(latency_row(10)),
        memory_report(),
        kill_report(),
        stall_report(),
        barge_in_report(),
        noise_report(),
        pauses_report(),
        capacity_report(),
        soak_report(),
        answers_report(),
    )
    for report in reversed(reports):
        data, plot = write_report(report, tmp_path)
        assert data.name == f"{report.command}.json"
        assert plot.read_bytes().startswith(b"\x89PNG")
        assert plot.stat().st_size < _MOST_PLOT_BYTES
    assert read_reports(tmp_path) == list(reports)


def test_a_file_of_another_version_is_refused(tmp_path: Path) -> None:
    (tmp_path / "latency.json").write_text('{"command": "latency"}', encoding="utf-8")
    with pytest.raises(InvalidInputError, match="measure again"):
        read_reports(tmp_path)


def test_the_page_keeps_what_people_wrote(tmp_path: Path) -> None:
    page = tmp_path / "performance.md"
    page.write_text(PAGE, encoding="utf-8")
    update_page(page, [latency_report()], tmp_path / "performance")
    text = page.read_text(encoding="utf-8")
    assert text.startswith("# Performance\n\nHand-written.\n")
    assert text.endswith("\n\nMore.\n")
    assert "old" not in text
    assert MACHINE.cpu in text
    assert "(performance/latency.png)" in text
    update_page(page, [latency_report()], tmp_path / "performance")
    assert page.read_text(encoding="utf-8") == text


def test_the_page_compares_with_the_stock_bot_where_both_were_measured() -> None:
    ours, stock = latency_report(), stock_report(latency_row(10))
    assert "Beside pipecat's stock bot" in measured_section([ours, stock], "performance")
    assert "Beside" not in measured_section([ours], "performance")
    assert "Beside" not in measured_section([ours, stock_report(latency_row(5))], "performance")


@pytest.mark.parametrize("page", ["", BEGIN, f"{END}{BEGIN}", f"{BEGIN}{END}{BEGIN}"])
def test_a_page_without_one_place_is_left_alone(page: str) -> None:
    with pytest.raises(InvalidInputError):
        replace_measured(page, "new")


def test_without_results_the_page_says_so() -> None:
    assert "Nothing" in measured_section([], "performance")


def test_report_writes_the_page(tmp_path: Path) -> None:
    results = tmp_path / "performance"
    write_report(memory_report(), results)
    page = tmp_path / "performance.md"
    page.write_text(PAGE, encoding="utf-8")
    assert main(["report", "--results", str(results), "--page", str(page)]) == 0
    assert "per call" in page.read_text(encoding="utf-8")


def test_what_cannot_be_done_is_one_message(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["agent", str(tmp_path)]) == 2
    assert "exists" in capsys.readouterr().err


def test_the_agent_is_written_for_a_server_of_ones_own(tmp_path: Path) -> None:
    assert main(["agent", str(tmp_path / "shop")]) == 0
    assert (tmp_path / "shop" / "config.json").is_file()
