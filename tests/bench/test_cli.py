"""The verbs of `python -m bench`, before anything is started."""

import pytest

from bench.cli import main


def test_a_running_server_cannot_be_given_more_documents(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["latency", "--server", "http://127.0.0.1:9", "--chunks", "10000"]) == 2
    assert "--chunks is for a server started here" in capsys.readouterr().err
