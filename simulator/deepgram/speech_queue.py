"""What one speak stream still has to say, delivered in order and at a vendor's pace."""

import asyncio
import itertools
from typing import NamedTuple

import orjson
from starlette.websockets import WebSocket

from simulator.deepgram.outbox import log_unexpected
from simulator.deepgram.query import SpeakQuery
from simulator.deepgram.service import DeepgramService
from simulator.deepgram.speech import bytes_per_second, encode_speech
from simulator.faults import FaultPlan

_MOST_WAITING = 256
# Chunks vary, as the vendor's do; never over 8 KB or 400 ms of audio.
_CHUNK_SECS = (0.06, 0.2, 0.4, 0.3, 0.4)
_LARGEST_CHUNK = 8192


class _Item(NamedTuple):
    asked_at: float
    text: str
    mark: dict[str, object] | None


class SpeechQueue:
    """Texts and marks of one stream; a worker task speaks them. Marks leave after the audio before them.

    Args:
        service: Options and counters.
        query: Voice and format.
        faults: Slow first bytes and stalls.
        opened_at: When the connection was opened, on the loop's clock.
        websocket: Where audio and marks go.
    """

    def __init__(
        self,
        service: DeepgramService,
        query: SpeakQuery,
        faults: FaultPlan,
        opened_at: float,
        websocket: WebSocket,
    ) -> None:
        self._service = service
        self._query = query
        self._faults = faults
        self._opened_at = opened_at
        self._websocket = websocket
        self._items: asyncio.Queue[_Item] = asyncio.Queue(_MOST_WAITING)
        self._worker: asyncio.Task[None] | None = None
        self._free_at = 0.0

    async def put_text(self, text: str) -> None:
        """Speak `text` after what was put before; text without a letter or digit is nothing."""
        if any(character.isalnum() for character in text):
            self._service.counters.characters_spoken += len(text)
            await self._put(_Item(asyncio.get_running_loop().time(), text.strip(), None))

    async def put_mark(self, message: dict[str, object]) -> None:
        """Send `message` when everything put before was sent."""
        await self._put(_Item(asyncio.get_running_loop().time(), "", message))

    async def join(self) -> None:
        """Return when everything was sent, or the connection is gone."""
        if self._worker is not None:
            joined = asyncio.create_task(self._items.join(), name="deepgram:speak:join")
            try:
                await asyncio.wait({joined, self._worker}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                joined.cancel()

    async def clear(self) -> None:
        """Drop everything not yet sent; returns when nothing of it can be sent any more."""
        worker, self._worker = self._worker, None
        if worker is not None:
            worker.cancel()
            await asyncio.wait({worker})
            log_unexpected(worker)
        self._items = asyncio.Queue(_MOST_WAITING)
        self._free_at = 0.0

    async def _put(self, item: _Item) -> None:
        await self._items.put(item)
        if self._worker is None:
            self._worker = asyncio.create_task(self._run(), name="deepgram:speak:worker")

    async def _run(self) -> None:
        while True:
            item = await self._items.get()
            if item.mark is not None:
                await self._websocket.send_text(orjson.dumps(item.mark).decode())
            else:
                await self._speak(item)
            self._items.task_done()

    async def _speak(self, item: _Item) -> None:
        """Deliver one text: the first chunk after the latency, the others faster than real time."""
        options, query, loop = self._service.options, self._query, asyncio.get_running_loop()
        audio = await asyncio.to_thread(
            encode_speech, item.text, query.voice, query.encoding, query.sample_rate, options.words_per_minute
        )
        latency = self._service.jitter.vary(options.tts_first_byte_seconds)
        latency += self._faults.extra_first_byte_seconds
        # Speech that was still being delivered when this text came hides its latency.
        begin = max(item.asked_at + latency, self._free_at)
        rate = bytes_per_second(query)
        width = 2 if query.encoding == "linear16" else 1
        at = 0
        for seconds in itertools.cycle(_CHUNK_SECS):
            if at >= len(audio):
                break
            size = min(int(seconds * rate), _LARGEST_CHUNK) // width * width
            await self._sleep_until(begin + at / rate / options.tts_realtime_factor, loop)
            await self._faults.wait_out_stall(self._opened_at)
            await self._websocket.send_bytes(audio[at : at + size])
            at += size
        self._free_at = begin + len(audio) / rate / options.tts_realtime_factor

    @staticmethod
    async def _sleep_until(when: float, loop: asyncio.AbstractEventLoop) -> None:
        delay = when - loop.time()
        if delay > 0:
            await asyncio.sleep(delay)
