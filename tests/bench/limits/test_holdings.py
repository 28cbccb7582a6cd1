import os
import socket
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from bench.limits.holdings import look_at
from config.errors import ConfigurationError
from simulator.hosting import serve_app

METRICS = "# HELP phone_agent_event_loop_tasks Tasks.\nphone_agent_event_loop_tasks 12.0\n"


async def _metrics(_: Request) -> PlainTextResponse:
    return PlainTextResponse(METRICS)


async def test_what_is_opened_is_seen(tmp_path: Path) -> None:
    async with serve_app(Starlette(routes=[Route("/metrics", _metrics)])) as url:
        before = await look_at(url, "key", os.getpid())
        address = httpx.URL(url)
        with (tmp_path / "file").open("wb"), socket.create_connection((address.host, address.port)):
            opened = await look_at(url, "key", os.getpid())
    assert before.tasks == opened.tasks == 12
    assert before.rss_mib > 0
    assert opened.open_files == before.open_files + 1
    assert opened.sockets >= before.sockets + 1


async def test_a_server_that_does_not_count_its_tasks() -> None:
    async with serve_app(Starlette()) as url:
        assert (await look_at(url, "key", os.getpid())).tasks is None


async def test_a_process_that_is_not_there() -> None:
    async with serve_app(Starlette()) as url:
        with pytest.raises(ConfigurationError, match="looked at"):
            await look_at(url, "key", 2**22 - 1)
