"""The demo's server: a child process, started as anybody would start it, with an environment made for it."""

import asyncio
import socket
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from cli.demo_rest import DemoRest
from cli.environment import child_environment
from config.errors import ConfigurationError

START_SECONDS = 180.0
"""Loading torch and the embedding model takes this long on a slow, busy machine with cold disks."""
_STOP_SECONDS = 20.0
_POLL_SECONDS = 0.2
_TAIL_LINES = 15
_PROGRAM = Path(__file__).resolve().parent.parent / "run_bot.py"


def free_port() -> int:
    """A port of loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@asynccontextmanager
async def server_process(settings: Mapping[str, str], folder: Path, rest: DemoRest) -> AsyncIterator[None]:
    """Run `run_bot.py serve` while the context lasts; entered when it is ready.

    Args:
        settings: Its settings, by the variables' names; it has no others.
        folder: Its working directory, where no `.env` is; what it prints goes to `server.out` in it.
        rest: To ask whether it is ready.

    Raises:
        ConfigurationError: It did not start; the message has its last lines.
    """
    output = folder / "server.out"
    with output.open("wb") as printed:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            str(_PROGRAM),
            "serve",
            cwd=folder,
            env=child_environment(settings),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=printed,
            stderr=printed,
            # Ctrl-C in the terminal is for the demo, which then ends its server in order.
            start_new_session=True,
        )
    try:
        await _ready(process, rest, output)
        yield
    finally:
        await _stop(process)


async def _ready(process: asyncio.subprocess.Process, rest: DemoRest, output: Path) -> None:
    loop = asyncio.get_running_loop()
    deadline = loop.time() + START_SECONDS
    while not await rest.is_ready():
        if process.returncode is not None or loop.time() > deadline:
            tail = await asyncio.to_thread(_tail, output)
            what = "ended" if process.returncode is not None else f"was not ready after {START_SECONDS:.0f} s"
            raise ConfigurationError(f"The demo's server {what}. The end of {output}:\n{tail}")
        await asyncio.sleep(_POLL_SECONDS)


def _tail(file: Path) -> str:
    return "\n".join(file.read_text(errors="replace").splitlines()[-_TAIL_LINES:])


async def _stop(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    process.terminate()
    try:
        await asyncio.wait_for(process.wait(), _STOP_SECONDS)
    except TimeoutError:
        process.kill()
        await process.wait()
