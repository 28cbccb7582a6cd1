"""Serving an app inside a running loop."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import httpx
import pytest
import websockets
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from config.errors import ConfigurationError
from simulator.hosting import serve_app


async def _hello(_: Request) -> PlainTextResponse:
    return PlainTextResponse("hello")


async def _echo(websocket: WebSocket) -> None:
    await websocket.accept()
    async for text in websocket.iter_text():
        await websocket.send_text(text)


def _app() -> Starlette:
    return Starlette(routes=[Route("/", _hello), WebSocketRoute("/echo", _echo)])


async def test_serves_http_and_websockets_without_compression() -> None:
    async with serve_app(_app()) as url:
        async with httpx.AsyncClient() as client:
            assert (await client.get(url)).text == "hello"
        async with websockets.connect(url.replace("http", "ws") + "/echo") as socket:
            assert socket.response is not None
            assert "sec-websocket-extensions" not in socket.response.headers
            await socket.send("again")
            assert await socket.recv() == "again"


async def test_several_apps_run_at_once_on_ports_of_their_own() -> None:
    async with serve_app(_app()) as first, serve_app(_app()) as second, httpx.AsyncClient() as client:
        assert first != second
        assert (await client.get(first)).text == (await client.get(second)).text


async def test_lifespan_runs_around_it_and_the_port_is_free_again() -> None:
    events: list[str] = []

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        events.append("start")
        yield
        events.append("stop")

    async with serve_app(Starlette(lifespan=lifespan)) as url:
        assert events == ["start"]
        port = int(url.rpartition(":")[2])
    assert events == ["start", "stop"]
    async with serve_app(_app(), port=port) as again:
        assert again == url


async def test_a_taken_port_is_named() -> None:
    async with serve_app(_app()) as url:
        port = int(url.rpartition(":")[2])
        with pytest.raises(ConfigurationError, match=str(port)):
            async with serve_app(_app(), port=port):
                pass


async def test_a_failing_start_is_an_error_and_not_the_end_of_the_process() -> None:
    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        if app.routes == []:
            raise RuntimeError("no")
        yield

    with pytest.raises(ConfigurationError):
        async with serve_app(Starlette(lifespan=lifespan)):
            pass


async def test_open_connections_do_not_keep_it_from_ending() -> None:
    async with asyncio.timeout(10):
        async with serve_app(_app()) as url:
            socket = await websockets.connect(url.replace("http", "ws") + "/echo")
        with pytest.raises(websockets.ConnectionClosed):
            await socket.recv()
