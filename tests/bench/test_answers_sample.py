"""A sample of the measurement of the answers cache, on a real server; no figure is judged."""

from pathlib import Path

import pytest

from bench.answers.answers_report import AnswersReport
from bench.cli import main
from bench.results import read_reports

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def test_frequent_questions_are_answered_from_the_cache(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["answers", "--quick", "--output", str(tmp_path)])
    [report] = read_reports(tmp_path)
    assert isinstance(report, AnswersReport)
    off, on, numbers = report.rows
    for row in report.rows:
        assert (row.figures.made, row.figures.replies, row.figures.missing_replies) == (4, 4, 0), row.faults
        # On a busy machine a search may take longer than a call waits for it: that is no fault of the sample.
        assert row.figures.wrong_replies is not None
        assert row.figures.wrong_replies <= row.figures.searches_timed_out, row.faults
        assert row.figures.voice_to_voice is not None
        assert row.asked_again is not None
        assert (row.figures.voice_to_voice.count, row.asked_again.count) == (4, 2)
        assert "llm_first_token_ms" in row.figures.stages
    assert off.lookups is not None
    assert (off.lookups.hits, off.lookups.misses) == (0, 0)
    assert on.lookups is not None
    assert on.lookups.hits + on.figures.searches_timed_out > 0
    assert numbers.lookups is not None
    assert numbers.lookups.hits == 0
    assert numbers.lookups.misses + numbers.figures.searches_timed_out > 0
    assert (tmp_path / "answers.png").stat().st_size > 1000
    assert "from the cache" in capsys.readouterr().out
