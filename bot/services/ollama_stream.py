"""Replies of Ollama's `/api/chat`, line by line, at a cost that fits beside calls.

The `ollama` client takes each token through httpx, h11, anyio and a pydantic model. The stream is one POST whose
answer is JSON lines, which aiohttp reads in C.
Protocol: https://github.com/ollama/ollama/blob/main/docs/api.md
"""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from http import HTTPStatus
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
import ollama
import orjson
from pydantic import JsonValue

_MOST_CONNECTIONS = 512
_KEEP_ALIVE_SECONDS = 60.0
_END_SECONDS = 0.05
"""How long the end of an answer is waited for after its last line, so that the connection can be used again."""
_LONGEST_LINE = 4 * 1024 * 1024
"""Bytes; a line is a token, or the arguments of tools."""


class OllamaStream:
    """`/api/chat` over one shared session; make one per process and `close()` it.

    Args:
        url: Of Ollama, with scheme.
        headers: Sent with every request.
        connect_seconds: Longest wait for a connection.

    Attributes:
        url: Where requests go.
    """

    def __init__(self, url: str, headers: Mapping[str, str], connect_seconds: float) -> None:
        self.url = f"{url.rstrip('/')}/api/chat"
        self._headers = {"Content-Type": "application/json", "Accept": "application/x-ndjson", **headers}
        self._timeout = aiohttp.ClientTimeout(total=None, connect=connect_seconds)
        self._opened: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Close every connection; running streams end with an error."""
        if self._opened is not None:
            await self._opened.close()

    async def lines(self, body: Mapping[str, JsonValue]) -> AsyncGenerator[dict[str, JsonValue], None]:
        """Send one request; gives the objects of its answer. Closing the generator aborts the request.

        Raises:
            ollama.ResponseError: Ollama says so, at once or in the midst of its answer.
            aiohttp.ClientError: There is no connection, or it broke.
            ValueError: What came is no line of JSON with an object in it.
        """
        async with await self._post(orjson.dumps(body)) as response:
            if response.status >= HTTPStatus.BAD_REQUEST:
                raise ollama.ResponseError(await response.text(errors="replace"), response.status)
            waiting = b""
            async for piece in response.content.iter_any():
                *whole, waiting = (waiting + piece).split(b"\n")
                for line in filter(bytes.strip, whole):
                    part = _read(line)
                    yield part
                    if part.get("done"):
                        await _read_to_end(response.content)
                        return
                if len(waiting) > _LONGEST_LINE:
                    raise ValueError("a line without end")
            if waiting.strip():
                yield _read(waiting)

    async def _post(self, body: bytes) -> aiohttp.ClientResponse:
        """Once more if there is no answer at all: a connection that was kept may just have been given up."""
        try:
            return await self._session().post(self.url, data=body)
        except (aiohttp.ClientConnectorError, aiohttp.ServerTimeoutError):
            raise
        except aiohttp.ClientConnectionError:
            return await self._session().post(self.url, data=body)

    def _session(self) -> aiohttp.ClientSession:
        """Made with the first request: it belongs to the loop that runs then."""
        if self._opened is None:
            self._opened = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=_MOST_CONNECTIONS, keepalive_timeout=_KEEP_ALIVE_SECONDS),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers=self._headers,
                timeout=self._timeout,
                proxy=_proxy_for(self.url),
            )
        return self._opened


def _read(line: bytes) -> dict[str, JsonValue]:
    part = orjson.loads(line)
    if not isinstance(part, dict):
        raise ValueError("not an object")
    if part.get("error"):
        raise ollama.ResponseError(str(part["error"]))
    return part


async def _read_to_end(content: aiohttp.StreamReader) -> None:
    try:
        async with asyncio.timeout(_END_SECONDS):
            while not content.at_eof():
                await content.readany()
    except (TimeoutError, aiohttp.ClientError):
        return  # the answer is whole; the connection is closed instead of being kept


def _proxy_for(url: str) -> str | None:
    """The proxy that the environment names for such an address; the `ollama` client obeys it, too."""
    parts = urlsplit(url)
    if not parts.hostname or proxy_bypass(parts.hostname):
        return None
    return getproxies().get(parts.scheme)
