"""A WebSocket peer whose behaviour a test writes line by line, for what no vendor promises to do."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

Handler = Callable[[ServerConnection], Awaitable[None]]


@asynccontextmanager
async def serve_peer(handler: Handler) -> AsyncIterator[str]:
    """Serve `handler` for each connection; yields a `ws://` address."""

    async def quietly(socket: ServerConnection) -> None:
        try:
            await handler(socket)
        except ConnectionClosed:
            return  # how most of these tests end

    async with serve(quietly, "127.0.0.1", 0, compression=None, close_timeout=0.1) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        yield f"ws://127.0.0.1:{port}"


def results(text: str, start: float, end: float, *, final: bool = True, from_finalize: bool = False) -> str:
    """Deepgram's `Results` message."""
    return json.dumps(
        {
            "type": "Results",
            "start": start,
            "duration": end - start,
            "is_final": final,
            "from_finalize": from_finalize,
            "channel": {"alternatives": [{"transcript": text, "confidence": 0.9}]},
        }
    )


def turn_info(
    event: str,
    text: str,
    heard: float,
    *,
    words: Sequence[tuple[str, float, float | None, float | None]] = (),
) -> str:
    """Flux's `TurnInfo` message; `words` are text, confidence, start and end."""
    return json.dumps(
        {
            "type": "TurnInfo",
            "event": event,
            "turn_index": 0,
            "audio_window_start": 0.0,
            "audio_window_end": heard,
            "transcript": text,
            "words": [
                {"word": word, "confidence": confidence}
                | ({} if start is None or end is None else {"start": start, "end": end})
                for word, confidence, start, end in words
            ],
            "end_of_turn_confidence": 0.5,
        }
    )
