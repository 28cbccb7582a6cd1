"""A live connection to Deepgram that is made anew whenever it is lost, for as long as the call lasts."""

import asyncio
from collections.abc import Callable
from typing import Protocol

from loguru import logger
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from bot.services.deepgram_socket import RETRY_DELAYS_SECONDS, open_socket, send_within_deadline
from config.errors import VendorError

LONGEST_DEAF_SECONDS = 6.0
"""Without a connection for this long the caller is told so instead of being left in silence."""


class ConnectionUser(Protocol):
    """Who speaks over the connection."""

    def opened(self) -> None:
        """A connection was made: on it nothing was sent or received yet."""

    async def write(self, socket: ClientConnection) -> None:
        """Send whatever there is until cancelled; `ConnectionClosed` need not be caught."""

    def receive(self, message: str | bytes) -> None:
        """One message came in."""


class KeptConnection:
    """Connects, reconnects and ends one transcription stream of a call.

    Args:
        url: With all parameters.
        api_key: Deepgram's.
        user: Who speaks over it.
        on_failure: Called once when Deepgram refuses for good, or cannot be reached for too long.
    """

    def __init__(
        self, url: str, api_key: str, user: ConnectionUser, on_failure: Callable[[VendorError], None]
    ) -> None:
        self._url = url
        self._api_key = api_key
        self._user = user
        self._on_failure = on_failure
        self._task: asyncio.Task[None] | None = None
        self.connected = asyncio.Event()
        self.reconnections = 0

    def start(self) -> None:
        """Begin connecting."""
        self._task = asyncio.get_running_loop().create_task(self._run(), name="deepgram-listen")
        self._task.add_done_callback(self._ended)

    async def close(self) -> None:
        """End the stream and free everything; idempotent."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        error = None if task.cancelled() else task.exception()
        if error is not None:
            # A defect of ours; whoever is told can at least say so to the caller.
            logger.opt(exception=error).error("Transcription failed unexpectedly")
            self._on_failure(VendorError("deepgram", "Transcription failed unexpectedly.", permanent=True))

    async def _run(self) -> None:
        attempt = 0
        loop = asyncio.get_running_loop()
        deaf_since = loop.time()
        while True:
            await asyncio.sleep(RETRY_DELAYS_SECONDS[min(attempt, len(RETRY_DELAYS_SECONDS) - 1)])
            try:
                socket = await open_socket(self._url, self._api_key)
            except VendorError as error:
                logger.bind(vendor="deepgram", permanent=error.permanent).warning(error.message)
                if error.permanent or loop.time() - deaf_since > LONGEST_DEAF_SECONDS:
                    self._on_failure(error)
                    return
                attempt += 1
                continue
            attempt = await self._serve(socket, attempt)
            deaf_since = loop.time()
            self.reconnections += 1

    async def _serve(self, socket: ClientConnection, attempt: int) -> int:
        """Use one connection until it is lost; returns the attempt number to go on with."""
        self._user.opened()
        self.connected.set()
        opened = asyncio.get_running_loop().time()
        writer = asyncio.create_task(self._write(socket), name="deepgram-listen-writer")
        try:
            async for message in socket:
                self._user.receive(message)
        except ConnectionClosed:
            pass  # `async for` already ends on a clean close; an unclean one is the same to us: reconnect
        finally:
            self.connected.clear()
            writer.cancel()
            await asyncio.gather(writer, return_exceptions=True)
            await self._say_goodbye(socket)
        logger.bind(vendor="deepgram", close_code=socket.close_code).warning(
            "The transcription connection was lost; reconnecting"
        )
        # A connection that held for a while earns an immediate retry; one that breaks at once backs off.
        return 0 if asyncio.get_running_loop().time() - opened > 1.0 else attempt + 1

    async def _write(self, socket: ClientConnection) -> None:
        try:
            await self._user.write(socket)
        except TimeoutError:
            logger.bind(vendor="deepgram").warning("The transcription connection does not answer")
            socket.transport.abort()
        except ConnectionClosed:
            return  # the reader sees the same and reconnects

    async def _say_goodbye(self, socket: ClientConnection) -> None:
        try:
            await send_within_deadline(socket, '{"type":"CloseStream"}')
        except (ConnectionClosed, TimeoutError):
            return
        finally:
            await socket.close()
