"""Sending to Deepgram: at once while the peer reads, with a deadline while it does not, always in order."""

import asyncio

import pytest
from websockets.asyncio.client import ClientConnection
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from bot.services import deepgram_socket
from bot.services.deepgram_socket import open_socket, send_within_deadline
from tests.bot.services.raw_peer import serve_peer

_LARGE = bytes(1 << 20)
"""A message that the peer still takes; a few are more than the network between two sockets holds."""


async def test_words_and_sound_arrive_as_they_were_sent() -> None:
    heard: asyncio.Queue[str | bytes] = asyncio.Queue()

    async def listen(socket: ServerConnection) -> None:
        async for message in socket:
            heard.put_nowait(message)

    async with serve_peer(listen) as url:
        socket = await open_socket(url, "key")
        for message in (b"\xff" * 800, '{"type":"Finalize"}', b"", "Grüße"):
            await send_within_deadline(socket, message)
        async with asyncio.timeout(5):
            assert [await heard.get() for _ in range(4)] == [b"\xff" * 800, '{"type":"Finalize"}', b"", "Grüße"]
        await socket.close()


async def test_a_peer_that_reads_late_gets_everything_in_order() -> None:
    read, heard = asyncio.Event(), []

    async def listen_late(socket: ServerConnection) -> None:
        socket.transport.pause_reading()
        await read.wait()
        socket.transport.resume_reading()
        async for message in socket:
            heard.append(len(message))

    async with serve_peer(listen_late) as url:
        socket = await open_socket(url, "key")
        sending = asyncio.create_task(_send_all(socket, [*[_LARGE] * 8, b"1", b"22", _LARGE, b"333"]))
        async with asyncio.timeout(10):
            while not socket.transport.get_write_buffer_size():  # noqa: ASYNC110 - nobody tells that a buffer fills
                await asyncio.sleep(0)
        assert not sending.done()
        read.set()
        async with asyncio.timeout(10):
            await sending
        await socket.close()
    assert heard == [*[1 << 20] * 8, 1, 2, 1 << 20, 3]


async def _send_all(socket: ClientConnection, messages: list[bytes]) -> None:
    for message in messages:
        await send_within_deadline(socket, message)


async def test_a_peer_that_reads_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deepgram_socket, "SEND_DEADLINE_SECONDS", 0.05)
    over = asyncio.Event()

    async def read_nothing(socket: ServerConnection) -> None:
        socket.transport.pause_reading()
        await over.wait()
        socket.transport.abort()

    async with serve_peer(read_nothing) as url:
        socket = await open_socket(url, "key")
        with pytest.raises(TimeoutError):
            await _send_all(socket, [_LARGE] * 20)
        socket.transport.abort()
        over.set()


async def test_nothing_is_sent_over_a_closed_connection() -> None:
    async def hang_up(socket: ServerConnection) -> None:
        await socket.close()

    async with serve_peer(hang_up) as url:
        socket = await open_socket(url, "key")
        async with asyncio.timeout(5):
            await socket.wait_closed()
        with pytest.raises(ConnectionClosed):
            await send_within_deadline(socket, b"\xff")
