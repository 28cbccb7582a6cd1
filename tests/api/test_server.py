"""How the production server ends: as processes, because signals and uvicorn's own order are what matters."""

import asyncio
import json
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from api.server import MAX_MESSAGE_BYTES, listening_socket, server_config
from bot.transport.twilio_messages import media_message
from config.errors import ConfigurationError

ROOT = Path(__file__).resolve().parents[2]
DEADLINE = 20.0
START = json.dumps({"event": "start", "streamSid": "MZ1", "start": {"callSid": "CA1", "streamSid": "MZ1"}})
STOP = json.dumps({"event": "stop", "streamSid": "MZ1"})


@dataclass
class Process:
    """The server of `tests.api.draining_server`."""

    process: asyncio.subprocess.Process
    port: int
    said: list[str]

    async def wait_for(self, text: str) -> None:
        """Read what it says until it says this."""
        assert self.process.stdout is not None
        async with asyncio.timeout(DEADLINE):
            while text not in self.said:
                line = await self.process.stdout.readline()
                assert line, f"ended without {text!r}: {self.said}"
                self.said.append(line.decode().strip())

    async def wait_ended(self) -> int:
        """Read the rest; returns the exit code."""
        assert self.process.stdout is not None
        async with asyncio.timeout(DEADLINE):
            self.said += (await self.process.stdout.read()).decode().split("\n")
            return await self.process.wait()

    @asynccontextmanager
    async def call(self) -> AsyncIterator[ClientConnection]:
        """A media stream whose call runs."""
        async with connect(f"ws://127.0.0.1:{self.port}/media-stream") as stream:
            await stream.send(json.dumps({"event": "connected", "protocol": "Call", "version": "1.0.0"}))
            await stream.send(START)
            await self.wait_for("call began")
            yield stream


@asynccontextmanager
async def server_process(folder: Path, drain_seconds: float) -> AsyncIterator[Process]:
    port = _free_port()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.api.draining_server", str(folder), str(port), str(drain_seconds)),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    running = Process(process, port, [])
    try:
        await running.wait_for("ready")
        async with asyncio.timeout(DEADLINE):
            while not await _answers(port):  # noqa: ASYNC110 - another process has no event for us
                await asyncio.sleep(0.02)
        yield running
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def _answers(port: int) -> bool:
    try:
        async with httpx.AsyncClient(trust_env=False) as http:
            return (await http.get(f"http://127.0.0.1:{port}/health/live")).is_success
    except httpx.TransportError:
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def test_a_running_call_goes_on_after_sigterm_until_it_ends(tmp_path: Path) -> None:
    async with server_process(tmp_path, drain_seconds=60) as server, server.call() as stream:
        server.process.send_signal(signal.SIGTERM)
        await server.wait_for("draining")

        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{server.port}", trust_env=False) as http:
            assert (await http.get("/health/ready")).status_code == 503
            second = await http.post("/voice/incoming", data={"CallSid": "CA2", "From": "", "To": ""})
        assert "<Say" in second.text
        assert "<Stream" not in second.text
        await stream.send(media_message("MZ1", b"\xff" * 160))
        pong = await stream.ping()
        await asyncio.wait_for(pong, DEADLINE)
        assert "call ended" not in server.said

        await stream.send(STOP)
        assert await server.wait_ended() == 0
        order = [line for line in server.said if line in ("call ended", "drained", "call side closed", "stopped")]
        assert order == ["call ended", "drained", "call side closed", "stopped"]


async def test_a_call_that_does_not_end_is_ended_after_the_drain_time(tmp_path: Path) -> None:
    async with server_process(tmp_path, drain_seconds=0.3) as server, server.call() as stream:
        server.process.send_signal(signal.SIGTERM)
        with pytest.raises(ConnectionClosed) as closed:
            await asyncio.wait_for(stream.recv(), DEADLINE)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code != 1012
        assert await server.wait_ended() == 0


async def test_a_second_interrupt_does_not_wait(tmp_path: Path) -> None:
    async with server_process(tmp_path, drain_seconds=600) as server, server.call():
        server.process.send_signal(signal.SIGINT)
        await server.wait_for("draining")
        server.process.send_signal(signal.SIGINT)
        assert await server.wait_ended() == 0
        assert "drained" not in server.said


def test_a_taken_address_is_told_before_anything_is_loaded() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ConfigurationError, match=rf"Cannot listen on 127\.0\.0\.1:{port}"):
            listening_socket("127.0.0.1", port)


def test_the_configuration_is_made_for_media_streams() -> None:
    config = server_config(FastAPI())
    assert not config.ws_per_message_deflate
    assert config.ws_max_size == MAX_MESSAGE_BYTES
    assert (config.ws_ping_interval, config.ws_ping_timeout) == (20.0, 20.0)
    assert not config.proxy_headers
    assert not config.access_log
    assert config.http == "httptools"


def test_proxies_are_believed_only_where_they_are_named() -> None:
    config = server_config(FastAPI(), trusted_proxies="10.0.0.1")
    assert config.proxy_headers
    assert config.forwarded_allow_ips == "10.0.0.1"
