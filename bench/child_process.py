"""A process that a measurement starts, waits for and ends: the server under test, a simulated vendor."""

import asyncio
import contextlib
import os
import signal
import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path

import httpx

from config.errors import ConfigurationError
from config.setting_names import setting_names

_POLL_SECONDS = 0.1
_STOP_SECONDS = 15.0
_LOG_TAIL = 2000


class ChildProcess:
    """One running child.

    Attributes:
        name: For messages.
        log: Where its output goes.
    """

    def __init__(self, name: str, process: asyncio.subprocess.Process, log: Path) -> None:
        self.name = name
        self.log = log
        self._process = process

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    async def wait_ready(self, url: str, *, timeout: float = 120.0) -> None:
        """Wait until a GET of `url` is answered with success.

        Raises:
            ConfigurationError: It ended, or did not answer within `timeout` seconds; its log is shown.
        """
        async with httpx.AsyncClient(trust_env=False, timeout=5.0) as client:
            try:
                async with asyncio.timeout(timeout):
                    while not await _answers(client, url):
                        if self._process.returncode is not None:
                            raise self._failure(f"ended with {self._process.returncode}")
                        await asyncio.sleep(_POLL_SECONDS)
            except TimeoutError:
                raise self._failure(f"was not ready within {timeout:.0f} s") from None

    async def stop(self) -> None:
        """Ask it to end, and make it end if it does not."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            if self._process.returncode is not None:
                return
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(number)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._process.wait(), _STOP_SECONDS)

    def _failure(self, what: str) -> ConfigurationError:
        tail = self.log.read_text(encoding="utf-8", errors="replace")[-_LOG_TAIL:]
        return ConfigurationError(f"{self.name} {what}. Its output ended with:\n{tail}")


@contextlib.asynccontextmanager
async def child_process(
    name: str, command: Sequence[str], *, settings: Mapping[str, str], cwd: Path, log: Path
) -> AsyncIterator[ChildProcess]:
    """Run a command while the context lasts.

    Args:
        name: For messages.
        command: Program and arguments.
        settings: Exactly these of the product's settings are set for it; the rest of the environment it inherits.
        cwd: Where it runs; a folder without `.env`, so that it sees no other settings.
        log: Takes its output.
    """
    ours = set(setting_names())
    # Passed on, not read: paths, locale and caches belong to the machine, our settings only to this run.
    inherited = {key: value for key, value in os.environ.items() if key.upper() not in ours}
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *command,
            cwd=cwd,
            env={**inherited, **settings},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
        child = ChildProcess(name, process, log)
        try:
            yield child
        finally:
            await child.stop()


def free_port() -> int:
    """A TCP port of the loopback interface that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def _answers(client: httpx.AsyncClient, url: str) -> bool:
    try:
        return (await client.get(url)).is_success
    except httpx.TransportError:
        return False
