"""An HTTP response that is made while it is sent, and stopped the moment the client leaves.

Ollama sends its status line with the first chunk, so that an error before the first token has its own status.
"""

import asyncio
from collections.abc import AsyncIterator, Callable

import orjson
from loguru import logger
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from simulator.ollama.errors import OllamaError
from simulator.ollama.generation import ConnectionCutError
from simulator.ollama.json_types import JsonObject

ErrorBody = Callable[[OllamaError], JsonObject]


def native_error(error: OllamaError) -> JsonObject:
    """The body of an error on Ollama's own API."""
    return {"error": error.message}


class GeneratedResponse(Response):
    """Sends what an async iterator yields.

    Args:
        chunks: The body's parts. It may raise `OllamaError` before the first, and `ConnectionCutError` any time.
            It is closed when the client leaves.
        media_type: Of a successful answer.
        error_body: Shapes errors.
        whole: One chunk is the whole body, sent with its length.
        on_end: Called once with `completed`, `cancelled`, `failed` or `faulted`.
    """

    def __init__(
        self,
        chunks: AsyncIterator[bytes],
        *,
        media_type: str,
        error_body: ErrorBody,
        whole: bool,
        on_end: Callable[[str], None],
    ) -> None:
        super().__init__(media_type=media_type)
        self._chunks = chunks
        self._content_type = media_type
        self._error_body = error_body
        self._whole = whole
        self._on_end = on_end

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Sends the response; returns early, with the iterator closed, if the client leaves."""
        writing = asyncio.create_task(self._write(receive, send))
        watching = asyncio.create_task(_until_disconnect(receive))
        try:
            await asyncio.wait({writing, watching}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            outcome = "cancelled" if not writing.done() else ""
            writing.cancel()
            watching.cancel()
            results = await asyncio.gather(writing, watching, return_exceptions=True)
            self._on_end(outcome or (results[0] if isinstance(results[0], str) else "failed"))
        if isinstance(results[0], Exception):
            raise results[0]

    async def _write(self, receive: Receive, send: Send) -> str:
        started = False
        chunks = self._chunks
        try:
            async for chunk in chunks:
                if not started:
                    await self._start(send, 200, len(chunk) if self._whole else None)
                    started = True
                await send({"type": "http.response.body", "body": chunk, "more_body": not self._whole})
        except OllamaError as error:
            body = orjson.dumps(self._error_body(error))
            if not started:
                self._content_type = "application/json; charset=utf-8"
                await self._start(send, error.status, len(body))
            await send({"type": "http.response.body", "body": body})
            return "failed"
        except ConnectionCutError:
            await self._drop(receive, send, started)
            return "faulted"
        finally:
            await _close(chunks)
        if started and not self._whole:
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        return "completed"

    async def _start(self, send: Send, status: int, length: int | None) -> None:
        headers = [(b"content-type", self._content_type.encode())]
        if length is not None:
            headers.append((b"content-length", str(length).encode()))
        await send({"type": "http.response.start", "status": status, "headers": headers})

    async def _drop(self, receive: Receive, send: Send, started: bool) -> None:
        # ASGI has no word for cutting a connection; uvicorn's `receive` is a method of the object that owns it.
        transport = getattr(getattr(receive, "__self__", None), "transport", None)
        abort = getattr(transport, "abort", None)
        if callable(abort):
            abort()
            return
        logger.warning("this server's connections cannot be cut; answering 503 instead")
        if not started:
            await self._start(send, 503, 0)
        await send({"type": "http.response.body", "body": b""})


async def _until_disconnect(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        continue


async def _close(chunks: AsyncIterator[bytes]) -> None:
    close = getattr(chunks, "aclose", None)
    if close is not None:
        await close()
