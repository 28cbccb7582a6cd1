"""What a media-stream transport needs of a WebSocket, so that it runs on any server or on a test's fake."""

from collections.abc import Callable
from typing import Protocol


class SocketClosedError(Exception):
    """The connection is gone: closed by either side, or lost."""


class TextSocket(Protocol):
    """A connected WebSocket that carries text messages.

    `receive` is called by one task at a time and `send` by one task at a time; the two may overlap.
    """

    async def receive(self) -> str | bytes:
        """Wait for the next message, whole.

        Raises:
            SocketClosedError: The connection is gone; it stays gone.
        """
        ...

    async def listen(self, take: Callable[[str | bytes], bool]) -> None:
        """Call `take` with each message, at once when it arrives, until it returns False.

        No message is received otherwise from then on.

        Raises:
            SocketClosedError: The connection is gone.
            Exception: What `take` raises.
        """
        ...

    def send_now(self, text: str) -> bool:
        """Send one text message if that needs no waiting; False, and nothing is sent, if it does.

        Not to be called while `send` runs.
        """
        ...

    async def send(self, text: str) -> None:
        """Send one text message; returns once the server below has taken it.

        Raises:
            SocketClosedError: The connection is gone.
        """
        ...

    async def close(self, code: int = 1000, reason: str = "") -> None:
        """Close the connection with an RFC 6455 status code; closing twice does nothing."""
        ...
