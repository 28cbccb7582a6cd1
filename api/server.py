"""The production server: uvicorn as this product needs it, and an orderly end.

uvicorn ends WebSockets (1012) before an application's lifespan closes, which would cut every running call off.
So the server drains first, with its sockets open: running calls go on, new ones hear a polite message, and health
checks say that the process takes no more. Only then do connections close, and last what calls share.
"""

import asyncio
import contextlib
import signal
import socket
import sys
from collections.abc import Awaitable, Callable, Generator
from types import FrameType
from typing import TYPE_CHECKING, Protocol, cast, runtime_checkable

import uvicorn
from fastapi import FastAPI
from loguru import logger

from api.app import create_app
from api.call_runtime import open_call_runtime
from api.garbage import spare_what_is_loaded
from api.live_calls import RuntimeOpener
from api.state import AppState
from api.websocket_protocol import DirectWebSocketProtocol
from config.errors import ConfigurationError
from config.native_threads import keep_blas_to_one_thread
from config.settings import Settings

if TYPE_CHECKING:
    from uvicorn._types import ASGIApplication

MAX_MESSAGE_BYTES = 16 * 1024 * 1024
"""Largest WebSocket message. A larger one ends the connection, and with it the call; so this is far above what
makes the transport refuse a message (a Twilio media message has some 300 bytes)."""
PING_SECONDS = 20.0
CLOSING_SECONDS = 5
"""How long open connections may finish once calls have been drained."""
SWITCH_SECONDS = 0.001
"""How long a thread that searches or stores waits for Python's lock while the event loop has it: a search changes
threads some five times, and each change would cost it up to 5 ms, Python's own choice, on a busy loop."""
_BACKLOG = 2048
_FORCE_CHECK_SECONDS = 0.1

ReadyListener = Callable[[AppState], Awaitable[None]]
"""Told when everything is loaded, before the first connection is taken."""


@runtime_checkable
class DrainableCalls(Protocol):
    """Calls that can be asked to come to their end."""

    async def drain(self, seconds: float) -> None:
        """Take no more calls, give the running ones this long to end, then end them."""
        ...


class DrainingServer(uvicorn.Server):
    """uvicorn that waits for running calls before it closes anything.

    SIGINT and SIGTERM begin the end; a second SIGINT cuts the wait short.

    Args:
        config: uvicorn's.
        drain: Ends once no call runs any more; bounded in time by itself.
    """

    def __init__(self, config: uvicorn.Config, drain: Callable[[], Awaitable[None]]) -> None:
        super().__init__(config)
        self._drain = drain

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Handle signals while serving.

        Unlike uvicorn's own, does not raise them again at the end: that would kill the process before what
        calls share is closed.
        """
        handlers = {number: signal.signal(number, self._signalled) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in handlers.items():
                signal.signal(number, handler)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Drain, then let uvicorn close sockets and connections."""
        draining = asyncio.ensure_future(self._drain())
        try:
            while not draining.done() and not self.force_exit:
                await asyncio.wait({draining}, timeout=_FORCE_CHECK_SECONDS)
        finally:
            if not draining.done():
                draining.cancel()
        await asyncio.gather(draining, return_exceptions=True)
        await super().shutdown(sockets)

    def _signalled(self, number: int, frame: FrameType | None) -> None:
        if self.should_exit and number == signal.SIGINT:
            self.force_exit = True
        self.should_exit = True


def server_config(app: FastAPI, *, trusted_proxies: str | None = None) -> uvicorn.Config:
    """Settings of uvicorn.

    Args:
        app: Its lifespan is run by `serve`, not by uvicorn.
        trusted_proxies: Addresses, by commas, of proxies whose `X-Forwarded-…` headers are believed; None
            believes nobody. Signatures do not depend on it: they are checked against `PUBLIC_URL`.
    """
    return uvicorn.Config(
        cast("ASGIApplication", app),
        http="httptools",
        ws=DirectWebSocketProtocol,
        ws_max_size=MAX_MESSAGE_BYTES,
        ws_ping_interval=PING_SECONDS,
        ws_ping_timeout=PING_SECONDS,
        # 20 ms of µ-law do not compress, and zlib costs a context and CPU a connection.
        ws_per_message_deflate=False,
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=trusted_proxies is not None,
        forwarded_allow_ips=trusted_proxies,
        server_header=False,
        backlog=_BACKLOG,
        timeout_graceful_shutdown=CLOSING_SECONDS,
    )


def run(
    settings: Settings,
    *,
    on_ready: ReadyListener,
    trusted_proxies: str | None = None,
    open_runtime: RuntimeOpener = open_call_runtime,
) -> None:
    """Serve until SIGINT or SIGTERM; logging is the caller's business.

    Args:
        settings: The server's.
        on_ready: Told when everything is loaded.
        trusted_proxies: See `server_config`.
        open_runtime: Starts the call side.

    Raises:
        ConfigurationError: The address is taken, or something the settings name is missing.
    """
    with listening_socket(settings.host, settings.port) as listener:
        runner = asyncio.Runner(loop_factory=_loop_factory())
        with runner:
            runner.run(serve(settings, listener, on_ready, trusted_proxies, open_runtime))


async def serve(
    settings: Settings,
    listener: socket.socket,
    on_ready: ReadyListener,
    trusted_proxies: str | None = None,
    open_runtime: RuntimeOpener = open_call_runtime,
) -> None:
    """`run`, within a running loop and on a bound socket."""
    app = create_app(settings, open_runtime=open_runtime)
    async with app.router.lifespan_context(app):
        state = app.state.services
        assert isinstance(state, AppState)
        await on_ready(state)
        spare_what_is_loaded()
        sys.setswitchinterval(SWITCH_SECONDS)
        keep_blas_to_one_thread()

        async def drain() -> None:
            calls = state.runtime.calls
            if isinstance(calls, DrainableCalls):
                await calls.drain(settings.drain_seconds)

        server = DrainingServer(server_config(app, trusted_proxies=trusted_proxies), drain)
        host, port = listener.getsockname()[:2]
        logger.info("Listening on {}:{}", host, port)
        await server.serve(sockets=[listener])
    logger.info("Stopped")


def listening_socket(host: str, port: int) -> socket.socket:
    """A bound socket; taken before anything is loaded, so that a taken address is told at once.

    It does not listen yet: until the server is ready, connections are refused rather than left waiting.

    Raises:
        ConfigurationError: The address cannot be had.
    """
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise ConfigurationError(
            f"Cannot listen on {host}:{port} ({error.strerror or error}): "
            "set HOST and PORT to a free address, or stop what is there."
        ) from error
    listener.setblocking(False)
    return listener


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    if sys.platform == "win32":
        return None
    import uvloop  # noqa: PLC0415 - there is none on Windows

    return uvloop.new_event_loop
