import sys
from pathlib import Path

import httpx
import psutil
import pytest

from bench.child_process import child_process, free_port
from bench.process_usage import ProcessUsage
from config.errors import ConfigurationError

SERVE = (sys.executable, "-m", "http.server", "--bind", "127.0.0.1")


async def test_a_child_is_waited_for_and_ended(tmp_path: Path) -> None:
    url = f"http://127.0.0.1:{(port := free_port())}"
    command = (*SERVE, str(port))
    async with child_process("files", command, settings={}, cwd=tmp_path, log=tmp_path / "log") as child:
        await child.wait_ready(url)
        async with httpx.AsyncClient(trust_env=False) as client:
            assert (await client.get(url)).is_success
        usage = ProcessUsage(child.pid)
        assert usage.rss_mib() > 1
        assert usage.cpu_seconds() > 0
    assert not psutil.pid_exists(child.pid)


async def test_a_child_that_ends_is_reported_with_its_output(tmp_path: Path) -> None:
    command = (sys.executable, "-c", "print('no such luck'); raise SystemExit(3)")
    async with child_process("it", command, settings={}, cwd=tmp_path, log=tmp_path / "log") as child:
        with pytest.raises(ConfigurationError, match=r"it ended with 3.*(?s:.*)no such luck"):
            await child.wait_ready(f"http://127.0.0.1:{free_port()}")


async def test_a_child_that_never_answers_is_reported(tmp_path: Path) -> None:
    command = (sys.executable, "-c", "import time; time.sleep(60)")
    async with child_process("it", command, settings={}, cwd=tmp_path, log=tmp_path / "log") as child:
        with pytest.raises(ConfigurationError, match="not ready"):
            await child.wait_ready(f"http://127.0.0.1:{free_port()}", timeout=0.2)


async def test_a_child_has_our_settings_from_nowhere_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEEPGRAM_API_KEY", "a real one")
    monkeypatch.setenv("SOMETHING_ELSE", "kept")
    code = "import os; print([os.environ.get(n) for n in ('DEEPGRAM_API_KEY', 'PORT', 'SOMETHING_ELSE')])"
    log = tmp_path / "log"
    command = (sys.executable, "-c", code)
    async with child_process("it", command, settings={"PORT": "1"}, cwd=tmp_path, log=log) as child:
        with pytest.raises(ConfigurationError):
            await child.wait_ready(f"http://127.0.0.1:{free_port()}")
    assert log.read_text(encoding="utf-8").strip() == "[None, '1', 'kept']"
