"""`python -m simulator deepgram`."""

import asyncio
import signal
import sys
from pathlib import Path

import httpx
import pytest

from simulator.__main__ import main


def test_help_names_the_simulators(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--help"])
    assert caught.value.code == 0
    text = capsys.readouterr().out
    assert all(name in text for name in ("deepgram", "ollama", "twilio"))


@pytest.mark.parametrize("words", [[], ["nobody"], ["deepgram", "--stt-final-seconds", "-1"]])
def test_bad_arguments_are_explained(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(words)
    assert caught.value.code == 2
    assert "usage" in capsys.readouterr().err


def test_a_missing_phrase_file_is_an_error_and_not_a_traceback(tmp_path: Path) -> None:
    assert main(["deepgram", "--phrases", str(tmp_path / "none.txt")]) == 1


async def test_it_runs_alone_with_phrases_and_stops_when_told(tmp_path: Path) -> None:
    phrases = tmp_path / "phrases.txt"
    phrases.write_text("yes please\n\nno thanks\n", encoding="utf-8")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "simulator", "deepgram", "--port", "0", "--phrases", str(phrases),
        stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        assert process.stderr is not None
        async with asyncio.timeout(60):
            while True:
                line = (await process.stderr.readline()).decode()
                assert line, "ended before it served"
                if "http://" in line:
                    break
            base = "http://" + line.rpartition("http://")[2].strip()
            async with httpx.AsyncClient() as client:
                state = (await client.get(base + "/simulator/state")).json()
            assert state["known_utterances"] == 2
            process.send_signal(signal.SIGTERM)
            assert await process.wait() == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
