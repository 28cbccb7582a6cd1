"""Small raw clients of the WebSockets, and the official one."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlencode

import websockets
from deepgram import AsyncDeepgramClient
from deepgram.environment import DeepgramClientEnvironment
from websockets.asyncio.client import ClientConnection

from tests.simulator.deepgram.streams import Samples

Message = dict[str, object]
KEY = {"Authorization": "Token test-key"}


def socket_url(base: str, path: str, **query: object) -> str:
    """The ws:// address of `path`."""
    return base.replace("http", "ws", 1) + path + "?" + urlencode({k: str(v) for k, v in query.items()})


def sdk_client(url: str, key: str = "test-key") -> AsyncDeepgramClient:
    """The deepgram-sdk, led to a simulator."""
    sockets = url.replace("http", "ws", 1)
    environment = DeepgramClientEnvironment(base=url, production=sockets, agent=sockets, agent_rest=url)
    return AsyncDeepgramClient(api_key=key, environment=environment)


@asynccontextmanager
async def listen(base: str, **query: object) -> AsyncIterator[ClientConnection]:
    """An open listen stream: µ-law 8 kHz unless told otherwise."""
    asked = {"model": "nova-3", "encoding": "mulaw", "sample_rate": 8000, "punctuate": "true", **query}
    async with websockets.connect(socket_url(base, "/v1/listen", **asked), additional_headers=KEY) as socket:
        yield socket


@asynccontextmanager
async def speak(base: str, **query: object) -> AsyncIterator[ClientConnection]:
    """An open speak stream, its Metadata read."""
    asked = {"model": "aura-2-thalia-en", "encoding": "mulaw", "sample_rate": 8000, **query}
    async with websockets.connect(socket_url(base, "/v1/speak", **asked), additional_headers=KEY) as socket:
        opening = json.loads(await socket.recv())
        assert opening["type"] == "Metadata"
        yield socket


async def send_audio(socket: ClientConnection, data: bytes, size: int = 800) -> None:
    """Send in messages of `size` bytes, as fast as it goes."""
    for at in range(0, len(data), size):
        await socket.send(data[at : at + size])


async def until(socket: ClientConnection, kind: str, *, timeout: float = 5.0) -> list[Message]:
    """Text messages up to and including the first of this type."""
    messages: list[Message] = []
    async with asyncio.timeout(timeout):
        while not messages or messages[-1].get("type") != kind:
            data = await socket.recv()
            if isinstance(data, str):
                messages.append(json.loads(data))
    return messages


async def audio_until(socket: ClientConnection, kind: str, *, timeout: float = 5.0) -> tuple[bytes, Message]:
    """Audio up to the first text message of this type, and that message."""
    audio = bytearray()
    async with asyncio.timeout(timeout):
        while True:
            data = await socket.recv()
            if isinstance(data, bytes):
                audio += data
            elif (message := json.loads(data)).get("type") == kind:
                return bytes(audio), message


async def closed(socket: ClientConnection, *, timeout: float = 5.0) -> tuple[int, str, list[Message]]:
    """Wait for the end: close code, reason, and the text messages before it."""
    messages: list[Message] = []
    async with asyncio.timeout(timeout):
        async for data in _until_closed(socket):
            if isinstance(data, str):
                messages.append(json.loads(data))
    assert socket.close_code is not None
    return socket.close_code, socket.close_reason or "", messages


async def audio_until_closed(socket: ClientConnection, *, timeout: float = 5.0) -> bytes:
    """All audio that still comes before the end."""
    async with asyncio.timeout(timeout):
        return b"".join([data async for data in _until_closed(socket) if isinstance(data, bytes)])


async def _until_closed(socket: ClientConnection) -> AsyncIterator[str | bytes]:
    with contextlib.suppress(websockets.ConnectionClosed):
        while True:
            yield await socket.recv()


def transcript(message: Message) -> str:
    """The transcript of a Results message."""
    channel = message["channel"]
    assert isinstance(channel, dict)
    return str(channel["alternatives"][0]["transcript"])


def final_text(messages: list[Message]) -> str:
    """The finals, joined."""
    texts = [transcript(m) for m in messages if m["type"] == "Results" and m["is_final"]]
    return " ".join(text for text in texts if text)


def loudness(samples: Samples) -> float:
    """Mean absolute amplitude."""
    return float(abs(samples.astype("int32")).mean()) if samples.size else 0.0
