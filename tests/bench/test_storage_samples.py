"""Samples of the long proofs: a real server is killed, a real database stalls, and nothing is lost."""

from pathlib import Path

import pytest

from bench.cli import main
from bench.kill_report import KillReport
from bench.results import read_reports
from bench.stall_report import StallReport

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def test_a_server_is_killed(tmp_path: Path) -> None:
    main(["kill", "--quick", "--database", "sqlite", "--output", str(tmp_path)])
    [report] = read_reports(tmp_path)
    assert isinstance(report, KillReport)
    [row] = report.rows
    assert [call.lost for call in row.calls] == [0, 0], row.faults
    assert row.is_in_order, row.faults
    assert row.bystander.calls == 1


def test_a_database_stalls(tmp_path: Path) -> None:
    main(["stall", "--quick", "--database", "postgresql", "--output", str(tmp_path)])
    [report] = read_reports(tmp_path)
    assert isinstance(report, StallReport)
    [row] = report.rows
    assert row.feed.put == 600
    assert (row.stored, row.lost, row.feed.dropped) == (600, 0, 0), row.faults
    assert max(row.feed.spool) > 50, "it went over the disk"
