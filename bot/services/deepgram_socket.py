"""Opening Deepgram's live WebSockets: one place for address, key, deadlines and what a refusal means."""

import asyncio
from collections.abc import Mapping
from urllib.parse import urlencode

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidHandshake, InvalidStatus, InvalidURI
from websockets.protocol import State

from config.errors import VendorError

OPEN_DEADLINE_SECONDS = 4.0
SEND_DEADLINE_SECONDS = 1.0
PING_SECONDS = 5.0
"""How often the peer is pinged, and how long its pong may take: a connection can be gone without a word."""
RETRY_DELAYS_SECONDS = (0.0, 0.25, 0.5, 1.0)
"""Waits before reconnecting; the last one is repeated."""
_MAX_MESSAGE_BYTES = 4 * 1024 * 1024

QueryValue = str | int | float | bool


def live_url(base_url: str, path: str, query: Mapping[str, QueryValue]) -> str:
    """Address of a live endpoint; `base_url` is `ws(s)://host[:port]`."""
    words = {key: str(value).lower() if isinstance(value, bool) else str(value) for key, value in query.items()}
    return f"{base_url.rstrip('/')}{path}?{urlencode(words)}"


async def open_socket(url: str, api_key: str) -> ClientConnection:
    """Connect, within `OPEN_DEADLINE_SECONDS`.

    Raises:
        VendorError: With `permanent` set when Deepgram refused the key or the parameters (any 4xx but 429).
    """
    try:
        return await connect(
            url,
            additional_headers={"Authorization": f"Token {api_key}"},
            compression=None,
            open_timeout=OPEN_DEADLINE_SECONDS,
            close_timeout=1.0,
            ping_interval=PING_SECONDS,
            ping_timeout=PING_SECONDS,
            max_size=_MAX_MESSAGE_BYTES,
            max_queue=64,
        )
    except InvalidStatus as error:
        status = error.response.status_code
        if status in (401, 403):
            message = "Deepgram refused the key: set DEEPGRAM_API_KEY to one that is valid for this project."
        else:
            message = f"Deepgram refused the connection with HTTP {status}."
        permanent = 400 <= status < 500 and status != 429
        raise VendorError("deepgram", message, permanent=permanent) from error
    except InvalidURI as error:
        message = "DEEPGRAM_BASE_URL is no address that can be connected to."
        raise VendorError("deepgram", message, permanent=True) from error
    except (OSError, TimeoutError, InvalidHandshake) as error:
        raise VendorError("deepgram", f"Deepgram cannot be reached ({type(error).__name__}).") from error


async def send_within_deadline(socket: ClientConnection, message: str | bytes) -> None:
    """Send one message; a peer that does not take it within the deadline counts as gone.

    Raises:
        TimeoutError: After `SEND_DEADLINE_SECONDS`.
        websockets.exceptions.ConnectionClosed: When the connection is closed.
    """
    if takes_at_once(socket):
        send_at_once(socket, message)
        return
    async with asyncio.timeout(SEND_DEADLINE_SECONDS):
        await socket.send(message)


def takes_at_once(socket: ClientConnection) -> bool:
    """Whether the connection is good and nothing that was sent before is waiting."""
    transport = socket.transport
    return socket.state is State.OPEN and not transport.is_closing() and not transport.get_write_buffer_size()


def send_at_once(socket: ClientConnection, message: str | bytes) -> None:
    """Send without a timer and without waiting, where `takes_at_once`.

    Every piece of the caller's audio goes this way. As `ClientConnection.send_context` does it.
    """
    if isinstance(message, str):
        socket.protocol.send_text(message.encode())
    else:
        socket.protocol.send_binary(message)
    socket.send_data()
