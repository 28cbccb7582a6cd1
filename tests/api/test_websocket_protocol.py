"""The short way of media streams on a real server, beside ASGI's on the same server."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.frames import Frame, Opcode

from api.stream_socket import StreamSocket
from api.websocket_protocol import DIRECT_EXTENSION, DirectSocket, DirectWebSocketProtocol
from bot.transport.socket import SocketClosedError
from simulator.hosting import serve_app

LARGEST = 256 * 1024


@dataclass
class EchoServer:
    """Echoes messages: `send_now` first, `send` where that says no."""

    url: str = ""
    ends: asyncio.Queue[str] = field(default_factory=asyncio.Queue)
    sent_now: int = 0
    fails: bool = False

    async def echo(self, websocket: WebSocket) -> None:
        await websocket.accept()
        if "asgi" in websocket.url.path:
            websocket.scope["extensions"].pop(DIRECT_EXTENSION)
        socket = StreamSocket(websocket)
        outgoing: asyncio.Queue[str] = asyncio.Queue()

        def take(message: str | bytes) -> bool:
            if self.fails:
                raise ZeroDivisionError
            text = message if isinstance(message, str) else f"bytes {len(message)}"
            if socket.send_now(text):
                self.sent_now += 1
            else:
                outgoing.put_nowait(text)
            return text != "enough"

        async def write() -> None:
            while True:
                await socket.send(await outgoing.get())
                outgoing.task_done()

        first = await socket.receive()
        await asyncio.sleep(0)  # what comes now waits for ASGI
        writer = asyncio.create_task(write())
        try:
            take(first)
            await socket.listen(take)
            await outgoing.join()
            await self.ends.put("enough")
        except (SocketClosedError, ZeroDivisionError) as error:
            await self.ends.put(type(error).__name__)
        finally:
            writer.cancel()
            await asyncio.gather(writer, return_exceptions=True)
            await socket.close()

    def client(self, way: str, *, max_queue: int = 16) -> connect:
        return connect(self.url.replace("http", "ws") + f"/{way}", max_size=None, max_queue=max_queue)

    async def end(self) -> str:
        async with asyncio.timeout(5):
            return await self.ends.get()


@pytest.fixture
async def server() -> AsyncIterator[EchoServer]:
    echo = EchoServer()
    app = Starlette(routes=[WebSocketRoute("/{way}", echo.echo)])
    async with serve_app(app, websockets=DirectWebSocketProtocol, largest_message=LARGEST) as url:
        echo.url = url
        yield echo


@pytest.fixture(params=["direct", "asgi"])
def way(request: pytest.FixtureRequest) -> str:
    return str(request.param)


async def answers(client: ClientConnection, count: int) -> list[str | bytes]:
    async with asyncio.timeout(5):
        return [await client.recv() for _ in range(count)]


async def test_every_message_comes_once_and_in_order(server: EchoServer, way: str) -> None:
    messages = [f"{number} " + "é" * (number * 37 % 1500) for number in range(400)]
    async with server.client(way) as client:
        for message in messages:
            await client.send(message)
        assert await answers(client, 400) == messages
    assert await server.end() == "SocketClosedError"
    assert (server.sent_now > 300) == (way == "direct")


async def test_fragments_and_binary_keep_their_place_among_others(server: EchoServer, way: str) -> None:
    large = "l" * 100_000
    async with server.client(way) as client:
        await client.send("first")
        await client.send(["frag", "ment", "ed"])
        await client.send(b"12345")
        await client.send("after")
        await client.send(large)
        await (await client.ping())
        await client.send("last")
        assert await answers(client, 6) == ["first", "fragmented", "bytes 5", "after", large, "last"]


async def test_who_has_had_enough_is_asked_no_more(server: EchoServer, way: str) -> None:
    async with server.client(way) as client:
        for message in ("first", "enough", "more"):
            await client.send(message)
        assert await answers(client, 2) == ["first", "enough"]
        with pytest.raises(ConnectionClosed):
            await answers(client, 1)
    assert await server.end() == "enough"


async def test_a_fault_of_the_application_is_raised_in_its_own_task(server: EchoServer, way: str) -> None:
    async with server.client(way) as client:
        await client.send("first")
        await answers(client, 1)
        server.fails = True
        await client.send("second")
        assert await server.end() == "ZeroDivisionError"


@pytest.mark.parametrize(
    ("stream", "code"),
    [
        (Frame(Opcode.TEXT, b"\xff\xfe").serialize(mask=True), 1007),
        (Frame(Opcode.TEXT, b"unmasked").serialize(mask=False), 1002),
        (Frame(Opcode.CONT, b"of nothing").serialize(mask=True), 1002),
        (b"\x83\x80mask", 1002),
        (Frame(Opcode.TEXT, b"x" * (LARGEST + 1)).serialize(mask=True), 1009),
        (b"\x81\xff" + b"\x00\x7f" + b"\xff" * 6, 1009),
    ],
    ids=["not UTF-8", "unmasked", "continuation of nothing", "reserved opcode", "too large", "absurdly large"],
)
async def test_what_breaks_the_protocol_ends_the_connection_as_ever(
    server: EchoServer, way: str, stream: bytes, code: int
) -> None:
    async with server.client(way) as client:
        await client.send("first")
        await answers(client, 1)
        client.transport.write(stream)
        with pytest.raises(ConnectionClosed) as caught:
            await answers(client, 1)
        assert caught.value.rcvd is not None
        assert caught.value.rcvd.code == code
        assert await server.end() == "SocketClosedError"


async def test_a_connection_that_is_lost_ends_the_listening(server: EchoServer, way: str) -> None:
    client = await server.client(way)
    await client.send("first")
    await answers(client, 1)
    client.transport.abort()
    assert await server.end() == "SocketClosedError"


async def test_a_peer_that_does_not_read_is_not_written_to_without_end(server: EchoServer) -> None:
    async with server.client("direct", max_queue=1) as client:
        await client.send("first")
        await answers(client, 1)
        before = server.sent_now
        client.transport.pause_reading()
        for _ in range(400):
            await client.send("x" * 60_000)
        assert server.sent_now - before < 200
        client.transport.resume_reading()
        assert len(await answers(client, 400)) == 400


async def test_frames_that_come_before_the_handshake_is_answered_are_not_lost(server: EchoServer) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", int(server.url.rpartition(":")[2]))
    writer.write(
        b"GET /direct HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
    frame = Frame(Opcode.TEXT, b"one").serialize(mask=True)
    async with asyncio.timeout(5):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(frame[:3])
        await writer.drain()
        await asyncio.sleep(0.05)
        writer.write(frame[3:] + frame)
        assert await reader.readexactly(10) == b"\x81\x03one" * 2
    writer.close()


def test_the_protocol_is_what_applications_look_for() -> None:
    assert issubclass(DirectWebSocketProtocol, DirectSocket)


async def test_a_handshake_that_is_refused_ends_without_a_fault(server: EchoServer) -> None:
    faults: list[dict[str, object]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: faults.append(context))
    host, port = server.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(
        f"GET /direct HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n".encode()
    )
    async with asyncio.timeout(5):
        answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    async with server.client("direct") as client:  # the server has seen the end of the other by then
        await client.send("hello")
        assert await client.recv() == "hello"
    assert answer.startswith(b"HTTP/1.1 400")
    assert faults == []
