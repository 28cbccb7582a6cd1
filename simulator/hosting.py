"""Serving an ASGI app on loopback from inside a running event loop, for tests, the demo and benchmarks."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Generator

import uvicorn
from starlette.types import ASGIApp

from config.errors import ConfigurationError

_DID_NOT_START = "the embedded server did not start; its log says why"
_START_DEADLINE_SECS = 60.0
_STOP_DEADLINE_SECS = 5.0
# uvicorn polls once every 100 ms whether to stop; this is how long open connections may finish after that.
_GRACE_SECS = 1
# Above what any real client sends in one message, below what could fill memory.
_MAX_MESSAGE_BYTES = 4 * 1024 * 1024


class _EmbeddedServer(uvicorn.Server):
    """uvicorn without its signal handlers: the process belongs to whoever embeds it."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Leave the process's signal handlers as they are."""
        yield

    async def serve_embedded(self, listener: socket.socket) -> None:
        """Serve until `should_exit`; a failed start ends this, and not the process."""
        try:
            await self.serve(sockets=[listener])
        except SystemExit as error:
            # uvicorn leaves by sys.exit when start-up failed.
            raise ConfigurationError(_DID_NOT_START) from error


@contextlib.asynccontextmanager
async def serve_app(
    app: ASGIApp,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    websockets: type[asyncio.Protocol] | None = None,
    largest_message: int = _MAX_MESSAGE_BYTES,
) -> AsyncIterator[str]:
    """Serve `app` (HTTP and WebSockets, no WebSocket compression) while the context lasts.

    Args:
        app: Any ASGI application; its lifespan runs if it has one.
        host: Address to listen on.
        port: TCP port; 0 takes a free one.
        websockets: Another implementation of WebSockets for uvicorn than its own.
        largest_message: Bytes; a larger WebSocket message ends its connection.

    Yields:
        The base URL, as `http://127.0.0.1:43121`.

    Raises:
        ConfigurationError: The port is taken, or the app's start-up failed.
    """
    listener = _listen(host, port)
    bound_port = listener.getsockname()[1]
    server = _EmbeddedServer(
        uvicorn.Config(
            app,
            log_config=None,
            log_level="warning",
            access_log=False,
            ws=websockets or "websockets-sansio",
            ws_per_message_deflate=False,
            ws_max_size=largest_message,
            ws_ping_interval=None,
            lifespan="auto",
            timeout_graceful_shutdown=_GRACE_SECS,
        )
    )
    task = asyncio.create_task(server.serve_embedded(listener), name=f"serve:{bound_port}")
    try:
        await _started(server, task)
        yield f"http://{host}:{bound_port}"
    finally:
        server.should_exit = True
        await _stopped(task)
        listener.close()


def _listen(host: str, port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise ConfigurationError(f"cannot listen on {host}:{port}: {error.strerror or error}") from error
    listener.setblocking(False)
    return listener


async def _started(server: uvicorn.Server, task: "asyncio.Task[None]") -> None:
    """Return once the server accepts connections; uvicorn has no event for it, so its flag is polled."""
    deadline = asyncio.get_running_loop().time() + _START_DEADLINE_SECS
    while not server.started:
        if task.done():
            await task
        if task.done() or asyncio.get_running_loop().time() > deadline:
            raise ConfigurationError(_DID_NOT_START)
        await asyncio.sleep(0.005)


async def _stopped(task: "asyncio.Task[None]") -> None:
    """Wait for the server's end; an app that will not end must not hold up whoever embeds it."""
    done, _ = await asyncio.wait({task}, timeout=_STOP_DEADLINE_SECS)
    if not done:
        task.cancel()
        await asyncio.wait({task}, timeout=_STOP_DEADLINE_SECS)
