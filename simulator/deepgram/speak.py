"""One text-to-speech stream: the WebSocket `/v1/speak`.

Source: Deepgram's streaming text-to-speech reference and the message models of deepgram-sdk 7.17. The vendor's
documentation gives 2000 characters a Speak message and 20 Flush messages in 60 seconds (warning EXCESSIVE_FLUSH,
the Flush is ignored). Chosen here, where it says nothing: a longer text is dropped with a warning
TEXT_LENGTH_EXCEEDED; text is spoken without a Flush once whole sentences of `tts_auto_start_characters` are there.
"""

import asyncio
import uuid
from collections import deque

import orjson
from starlette.websockets import WebSocket

from simulator.deepgram.outbox import close_quietly, log_unexpected
from simulator.deepgram.query import SpeakQuery
from simulator.deepgram.service import DeepgramService
from simulator.deepgram.speech import split_ready
from simulator.deepgram.speech_queue import SpeechQueue
from simulator.faults import FaultPlan

_LONGEST_STREAM_SECS = 3600.0


class SpeakSession:
    """Serves one accepted connection until it ends."""

    def __init__(
        self, service: DeepgramService, websocket: WebSocket, query: SpeakQuery, faults: FaultPlan
    ) -> None:
        self._service = service
        self._websocket = websocket
        self._query = query
        self._faults = faults
        self._opened_at = asyncio.get_running_loop().time()
        self._text = ""
        self._flushed_at: deque[float] = deque(maxlen=service.options.max_flushes)
        self._sequence_id = 0
        self._queue = SpeechQueue(service, query, faults, self._opened_at, websocket)

    async def run(self) -> None:
        """Serve; returns when the connection is over. Never raises for the peer."""
        await self._send(self._metadata())
        tasks = {
            asyncio.create_task(self._receive(), name="deepgram:speak:receive"),
            asyncio.create_task(self._watch(), name="deepgram:speak:watch"),
        }
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                log_unexpected(task)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self._queue.clear()

    async def _receive(self) -> None:
        while True:
            message = await self._websocket.receive()
            if message["type"] == "websocket.disconnect":
                return
            await self._faults.wait_out_stall(self._opened_at)
            text = message.get("text")
            if text is None:
                await close_quietly(self._websocket, 1003, "MESSAGE-0000: expected a text message")
                return
            if not await self._handle(text):
                return

    async def _handle(self, text: str) -> bool:
        """Act on one message; False when the stream is over."""
        try:
            message = orjson.loads(text)
        except orjson.JSONDecodeError:
            message = None
        kind = message.get("type") if isinstance(message, dict) else None
        if kind == "Speak" and isinstance(message, dict) and isinstance(message.get("text"), str):
            await self._speak(message["text"])
        elif kind == "Flush":
            await self._flush()
        elif kind == "Clear":
            await self._clear()
        elif kind == "Close":
            await self._queue.put_text(self._take_text())
            await self._queue.join()
            await close_quietly(self._websocket, 1000)
            return False
        else:
            await close_quietly(self._websocket, 1008, "DATA-0000: the message could not be parsed")
            return False
        return True

    async def _speak(self, text: str) -> None:
        limit = self._service.options.max_text_characters
        if len(text) > limit:
            await self._warn("TEXT_LENGTH_EXCEEDED", f"Text is longer than {limit} characters; it was ignored.")
            return
        self._text += text
        ready, self._text = split_ready(self._text, self._service.options.tts_auto_start_characters)
        if not ready and len(self._text) > limit:
            ready = self._take_text()
        await self._queue.put_text(ready)

    async def _flush(self) -> None:
        options, now = self._service.options, asyncio.get_running_loop().time()
        full = len(self._flushed_at) == options.max_flushes
        if full and now - self._flushed_at[0] < options.flush_window_seconds:
            self._service.counters.refused_flushes += 1
            await self._warn(
                "EXCESSIVE_FLUSH",
                f"More than {options.max_flushes} Flush messages in {options.flush_window_seconds:g} seconds;"
                " this one was ignored.",
            )
            return
        self._flushed_at.append(now)
        self._service.counters.flushes += 1
        await self._queue.put_text(self._take_text())
        await self._queue.put_mark({"type": "Flushed", "sequence_id": self._next_sequence_id()})

    async def _clear(self) -> None:
        self._service.counters.clears += 1
        self._text = ""
        await asyncio.sleep(self._service.jitter.vary(self._service.options.tts_clear_seconds))
        await self._queue.clear()
        await self._send({"type": "Cleared", "sequence_id": self._next_sequence_id()})

    def _take_text(self) -> str:
        text, self._text = self._text, ""
        return text

    def _next_sequence_id(self) -> int:
        self._sequence_id += 1
        return self._sequence_id - 1

    async def _warn(self, code: str, description: str) -> None:
        await self._send({"type": "Warning", "description": description, "code": code})

    async def _watch(self) -> None:
        """Close when a fault or the longest connection time says so."""
        after = self._faults.close_after_seconds
        if after is not None:
            await asyncio.sleep(after)
            await close_quietly(self._websocket, self._faults.close_code, self._faults.close_reason)
        else:
            await asyncio.sleep(_LONGEST_STREAM_SECS)
            await close_quietly(self._websocket, 1000)

    def _metadata(self) -> dict[str, object]:
        return {
            "type": "Metadata",
            "request_id": str(uuid.uuid4()),
            "model_name": self._query.model,
            "model_version": "2025-01-01.simulated",
            "model_uuid": str(uuid.uuid5(uuid.NAMESPACE_DNS, self._query.model)),
            "additional_model_uuids": [],
        }

    async def _send(self, message: dict[str, object]) -> None:
        await self._websocket.send_text(orjson.dumps(message).decode())
