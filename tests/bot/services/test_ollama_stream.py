"""Replies line by line, from a peer that writes what a test says: packets, endings, connections of all kinds."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager

import aiohttp
import ollama
import pytest
from pydantic import JsonValue

from bot.services.ollama_stream import OllamaStream

_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n"
_END = b"0\r\n\r\n"
_LINE = b'{"message":{"content":"hi"},"done":false}\n'
_LAST = b'{"message":{"content":""},"done":true}\n'
Answer = Sequence[bytes]
"""Packets of one answer, chunked by hand; an empty one closes the connection."""


def _chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


class _Peer:
    """Answers one request after the other, on whatever connections they come."""

    def __init__(self, answers: Sequence[Answer]) -> None:
        self._answers = list(answers)
        self.connections = 0
        self.requests: list[bytes] = []
        self.closed_early = asyncio.Event()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = next(
                    int(line[15:]) for line in head.split(b"\r\n") if line.startswith(b"Content-Length:")
                )
                self.requests.append(head + await reader.readexactly(length))
                for packet in self._answers.pop(0):
                    if not packet:
                        return
                    writer.write(packet)
                    await writer.drain()
                    await asyncio.sleep(0)
        except asyncio.IncompleteReadError:
            self.closed_early.set()
        finally:
            writer.close()


@asynccontextmanager
async def _peer(*answers: Answer, **headers: str) -> AsyncIterator[tuple[_Peer, OllamaStream]]:
    peer = _Peer(answers)
    server = await asyncio.start_server(peer.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    stream = OllamaStream(f"http://127.0.0.1:{port}/", headers, 2.0)
    try:
        yield peer, stream
    finally:
        await stream.close()
        server.close()
        await server.wait_closed()


async def _read(stream: OllamaStream) -> list[dict[str, JsonValue]]:
    async with asyncio.timeout(10), aclosing(stream.lines({"model": "m"})) as lines:
        return [line async for line in lines]


def _said(lines: list[dict[str, JsonValue]]) -> list[JsonValue]:
    return [line["done"] for line in lines]


@pytest.mark.parametrize(
    "answer",
    [
        [_HEAD, _chunk(_LINE), _chunk(_LAST), _END],
        [_HEAD + _chunk(_LINE + _LAST) + _END],
        [_HEAD, _chunk(_LINE[:7]), _chunk(_LINE[7:] + _LAST[:3]), _chunk(_LAST[3:]), _END],
        [_HEAD, _chunk(b"\r\n" + _LINE + b"\n\n"), _chunk(_LAST), _END],
        [_HEAD, _chunk(_LINE), _chunk(_LAST[:-1]), _END],
        [_HEAD, _chunk(_LINE), _chunk(_LAST), b""],
    ],
    ids=[
        "a line a packet",
        "one packet",
        "cut anywhere",
        "blank lines",
        "no last newline",
        "no end after the last",
    ],
)
async def test_lines_come_whole_however_they_are_cut(answer: Answer) -> None:
    async with _peer(answer) as (_, stream):
        assert _said(await _read(stream)) == [False, True]


async def test_a_connection_serves_one_reply_after_the_other() -> None:
    answer = [_HEAD, _chunk(_LINE), _chunk(_LAST), _END]
    async with _peer(answer, answer, answer) as (peer, stream):
        for _ in range(3):
            assert _said(await _read(stream)) == [False, True]
    assert peer.connections == 1


async def test_a_connection_that_was_given_up_in_the_meantime_costs_no_reply() -> None:
    answer = [_HEAD, _chunk(_LINE), _chunk(_LAST), _END]
    async with _peer(answer, [b""], answer) as (peer, stream):
        await _read(stream)
        assert _said(await _read(stream)) == [False, True]
    assert peer.connections == 2


async def test_a_peer_that_never_answers_is_asked_twice_and_no_more() -> None:
    async with _peer([b""], [b""], [b""]) as (peer, stream):
        with pytest.raises(aiohttp.ClientConnectionError):
            await _read(stream)
    assert len(peer.requests) == 2


async def test_leaving_early_closes_the_connection() -> None:
    async with _peer([_HEAD, _chunk(_LINE)]) as (peer, stream):
        async with aclosing(stream.lines({})) as lines:
            await anext(lines)
        async with asyncio.timeout(5):
            await peer.closed_early.wait()
        assert peer.connections == 1


@pytest.mark.parametrize(
    ("packets", "error"),
    [
        ([_HEAD, _chunk(_LINE), b""], aiohttp.ClientError),
        ([_HEAD, _chunk(b"[1]\n"), _END], ValueError),
        ([_HEAD, _chunk(b"{no\n"), _END], ValueError),
        ([_HEAD, _chunk(b"\xff\xfe\n"), _END], ValueError),
        ([_HEAD, _chunk(b'{"error":"out of memory"}\n'), _END], ollama.ResponseError),
        ([b'HTTP/1.1 503 Busy\r\nContent-Length: 18\r\n\r\n{"error":"too many'], ollama.ResponseError),
    ],
    ids=["broken off", "a list", "no JSON", "no text", "an error line", "an error"],
)
async def test_what_is_no_reply(packets: Answer, error: type[Exception]) -> None:
    async with _peer(packets) as (_, stream):
        with pytest.raises(error):
            await _read(stream)


async def test_a_line_without_end_is_given_up() -> None:
    endless = _chunk(b"x" * (1 << 20))
    async with _peer([_HEAD, *[endless] * 6]) as (_, stream):
        with pytest.raises(ValueError, match="without end"):
            await _read(stream)


async def test_the_key_goes_along() -> None:
    async with _peer([_HEAD, _chunk(_LAST), _END], Authorization="Bearer secret") as (peer, stream):
        await _read(stream)
    head = peer.requests[0]
    assert head.startswith(b"POST /api/chat HTTP/1.1\r\n")
    assert b"\r\nAuthorization: Bearer secret\r\n" in head
    assert b"\r\nContent-Type: application/json\r\n" in head
    assert head.endswith(b'\r\n\r\n{"model":"m"}')


async def test_the_environments_proxy_is_obeyed(monkeypatch: pytest.MonkeyPatch) -> None:
    async with _peer([_HEAD, _chunk(_LAST), _END]) as (peer, direct):
        monkeypatch.setenv("http_proxy", direct.url.removesuffix("/api/chat"))
        monkeypatch.setenv("no_proxy", "")
        behind = OllamaStream("http://ollama.invalid", {}, 2.0)
        assert _said(await _read(behind)) == [True]
        await behind.close()
    assert peer.requests[0].startswith(b"POST http://ollama.invalid/api/chat HTTP/1.1\r\n")


async def test_nobody_there() -> None:
    stream = OllamaStream("http://127.0.0.1:9", {}, 0.5)
    with pytest.raises(aiohttp.ClientConnectorError):
        await _read(stream)
    await stream.close()
