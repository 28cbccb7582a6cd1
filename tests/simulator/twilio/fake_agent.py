"""A tiny phone agent for the caller's tests: a voice webhook and a media stream, with everything kept."""

import asyncio
import base64
import json
import math
import struct
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from simulator.twilio import mulaw

PUBLIC = "https://agent.example.com"


def tone(secs: float, amplitude: float = 8000.0) -> bytes:
    """Int16 samples of a 440 Hz tone at 8000 Hz."""
    count = int(secs * 8000)
    return struct.pack(f"<{count}h", *(int(amplitude * math.sin(i * 0.3456)) for i in range(count)))


def tone_mulaw(secs: float) -> bytes:
    return mulaw.encode(np.frombuffer(tone(secs), dtype="<i2"))


def synthesize_tone(text: str, voice: str) -> bytes:
    """40 ms of tone a character: quick and loud."""
    return tone(0.04 * len(text))


@dataclass
class FakeAgent:
    """Scripted per test by its attributes.

    Attributes:
        greeting: µ-law sent at `start`.
        reply: µ-law sent in answer to each stretch of caller speech (after 100 ms of silence).
        after_mark: µ-law sent when the greeting's mark comes back.
        clear_on_speech: Send `clear` at the caller's onset.
        after_start: Raw texts sent after `start`; `{sid}` is replaced.
        close_after_messages: Close after so many messages.
    """

    twiml: str = '<Response><Connect><Stream url="wss://agent.example.com/media?x=1"><Parameter name="token" value="T1"/></Stream></Connect></Response>'  # noqa: E501
    webhook_status: int = 200
    greeting: bytes = b""
    reply: bytes = b""
    after_mark: bytes = b""
    clear_on_speech: bool = False
    after_start: tuple[str, ...] = ()
    close_after_messages: int | None = None
    refuse_socket: bool = False
    webhooks: list[tuple[str, dict[str, str], str]] = field(default_factory=list)
    sockets: list[dict[str, str]] = field(default_factory=list)
    messages: list[Any] = field(default_factory=list)
    raw: list[str] = field(default_factory=list)
    disconnected: asyncio.Event = field(default_factory=asyncio.Event)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    marks: asyncio.Queue[str] = field(default_factory=asyncio.Queue)

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/voice/incoming", self.voice, methods=["GET", "POST"]),
                Route("/voice/status", self.status, methods=["POST"]),
                Route("/voice/next", self.voice_next, methods=["POST"]),
                WebSocketRoute("/media", self.media),
            ]
        )

    def events(self, name: str) -> list[Any]:
        return [message for message in self.messages if isinstance(message, dict) and message["event"] == name]

    async def wait_for(self, name: str, count: int = 1) -> list[Any]:
        """Wait for so many messages of one kind."""
        async with asyncio.timeout(5):
            while len(self.events(name)) < count:
                self.arrived.clear()
                await self.arrived.wait()
        return self.events(name)

    async def _note(self, request: Request) -> None:
        fields = {name: str(value) for name, value in (await request.form()).items()}
        path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        self.webhooks.append((path, fields, request.headers.get("x-twilio-signature", "")))

    async def voice(self, request: Request) -> Response:
        await self._note(request)
        return Response(self.twiml, self.webhook_status, media_type="text/xml")

    async def voice_next(self, request: Request) -> Response:
        await self._note(request)
        return Response("<Response><Say>Second document.</Say></Response>", media_type="text/xml")

    async def status(self, request: Request) -> Response:
        await self._note(request)
        return Response(status_code=204)

    async def media(self, socket: WebSocket) -> None:
        self.sockets.append(dict(socket.headers))
        if self.refuse_socket:
            await socket.close()
            return
        await socket.accept()
        sid, quiet, speaking = "", 0, False
        try:
            while True:
                text = await socket.receive_text()
                try:
                    message = json.loads(text)
                except ValueError:
                    self.raw.append(text)
                    continue
                self.messages.append(message)
                self.arrived.set()
                if self.close_after_messages == len(self.messages):
                    await socket.close()
                    return
                if not isinstance(message, dict):
                    continue
                if message["event"] == "start":
                    sid = message.get("streamSid") or message["start"]["streamSid"]
                    if self.greeting:
                        await self.play(socket, sid, self.greeting, "greeting")
                    for raw in self.after_start:
                        await socket.send_text(raw.replace("{sid}", sid))
                elif message["event"] == "mark":
                    self.marks.put_nowait(message["mark"]["name"])
                    if message["mark"]["name"] == "greeting" and self.after_mark:
                        await self.play(socket, sid, self.after_mark, "after")
                elif message["event"] == "media" and sid:
                    audio = base64.b64decode(message["media"]["payload"])
                    loud = bool((mulaw.window_energies(audio) > mulaw.SPEECH_ENERGY).any())
                    if loud and not speaking:
                        speaking = True
                        if self.clear_on_speech:
                            await socket.send_text(json.dumps({"event": "clear", "streamSid": sid}))
                    quiet = 0 if loud else quiet + 1
                    if speaking and quiet == 5:
                        speaking = False
                        if self.reply:
                            await self.play(socket, sid, self.reply, "reply")
        except WebSocketDisconnect:
            pass
        finally:
            self.disconnected.set()

    async def play(self, socket: WebSocket, sid: str, audio: bytes, mark: str) -> None:
        for start in range(0, len(audio), 1000):
            payload = base64.b64encode(audio[start : start + 1000]).decode()
            await socket.send_text(json.dumps({"event": "media", "streamSid": sid, "media": {"payload": payload}}))
        await socket.send_text(json.dumps({"event": "mark", "streamSid": sid, "mark": {"name": mark}}))
