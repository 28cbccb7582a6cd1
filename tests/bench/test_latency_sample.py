"""A sample of the whole measurement: everything is started, called, read back and written; no figure is judged."""

import json
from pathlib import Path

import pytest

from bench.cli import main
from bench.latency_report import LatencyReport
from bench.results import read_reports

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def test_two_calls_are_measured_whole(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    exit_code = main(["latency", "--quick", "--output", str(tmp_path)])
    [report] = read_reports(tmp_path)
    assert isinstance(report, LatencyReport)
    assert report.machine.cpu
    assert report.chunks == 200
    [row] = report.rows
    assert (row.calls, row.made) == (2, 2)
    assert (row.replies, row.missing_replies) == (6, 0)
    # On a busy machine a search may take longer than a call waits for it: reported, and no fault of the sample.
    assert row.wrong_replies is not None
    assert row.wrong_replies <= row.searches_timed_out
    assert row.in_good_order >= 2 - row.searches_timed_out
    assert exit_code == (0 if row.in_good_order == 2 else 1)
    assert (row.interruptions, row.interruptions_heeded) == (2, 2)
    for spread, count in ((row.voice_to_voice, 8), (row.overhead, 8), (row.interruption, 2), (row.greeting, 2)):
        assert spread is not None
        assert spread.count == count
        assert spread.p50 <= spread.p95 <= spread.p99 <= spread.largest
    assert row.voice_to_voice is not None
    assert report.delays is not None
    assert row.voice_to_voice.p50 > report.delays.floor_ms
    assert row.cpu_seconds_per_call_minute is not None
    assert row.cpu_seconds_per_call_minute > 0
    assert row.rss_mib
    assert row.talking_minutes > 0.3
    assert "stt_ms" in row.stages
    assert json.loads((tmp_path / "latency.json").read_text(encoding="utf-8"))["command"] == "latency"
    assert (tmp_path / "latency.png").stat().st_size > 1000
    shown = capsys.readouterr().out
    assert "voice-to-voice" in shown
    assert report.machine.cpu in shown
