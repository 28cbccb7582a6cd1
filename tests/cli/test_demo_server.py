"""The demo's child process: what happens when it does not start, and that it never outlives the demo."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from cli.demo_rest import DemoRest
from cli.demo_server import free_port, server_process
from cli.environment import child_environment
from config.errors import ConfigurationError

ROOT = Path(__file__).resolve().parents[2]
DEADLINE = 60.0


async def test_a_server_that_does_not_start_shows_its_last_words(tmp_path: Path) -> None:
    async with DemoRest(f"http://127.0.0.1:{free_port()}", "key") as rest:
        with pytest.raises(ConfigurationError) as refused:
            async with server_process({"PORT": "0"}, tmp_path, rest):
                pytest.fail("it was ready")
    assert "ended" in refused.value.message
    assert "PORT" in refused.value.message


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_demo_leaves_no_process_behind(tmp_path: Path, number: signal.Signals) -> None:
    # What a shell starts in the background ignores SIGINT, and so do its children: not this one.
    inherited = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        demo = subprocess.Popen(
            [sys.executable, str(ROOT / "run_bot.py"), "demo"],
            cwd=tmp_path,
            env=child_environment({"OLLAMA_HOST": "http://127.0.0.1:9"}),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
    finally:
        signal.signal(signal.SIGINT, inherited)
    assert demo.stdout is not None
    said = []
    for line in demo.stdout:
        said.append(line)
        if "starting: python run_bot.py serve" in line:
            break
    child = _only_child(demo.pid)
    demo.send_signal(number)
    rest, _ = demo.communicate(timeout=DEADLINE)
    assert demo.returncode == 130, "".join(said) + rest
    assert "everything that was started has been stopped" in rest
    assert "Traceback" not in rest
    assert not _is_running(child)


def _only_child(parent: int) -> int:
    """The child's process id, as soon as there is one (proc(5): task/[tid]/children)."""

    async def find() -> int:
        async with asyncio.timeout(DEADLINE):
            while True:
                children = await asyncio.to_thread(Path(f"/proc/{parent}/task/{parent}/children").read_text)
                if children:
                    return int(children.split()[0])
                await asyncio.sleep(0.02)

    return asyncio.run(find())


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True
