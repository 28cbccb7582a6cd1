"""A sound system without sound: what is said into it is recorded, what it plays is kept."""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Event, Lock, Thread

from bot.transport.local_audio import SAMPLE_BYTES, StreamCallback

BLOCK_SECONDS = 0.02
Info = Mapping[str, str | int | float]


def device(index: int, name: str, inputs: int = 0, outputs: int = 0) -> Info:
    return {"index": index, "name": name, "maxInputChannels": inputs, "maxOutputChannels": outputs}


DEVICES = (
    device(0, "Built-in Microphone", inputs=1),
    device(1, "Built-in Speakers", outputs=2),
    device(2, "Headset", inputs=1, outputs=2),
    device(3, "Headset (Bluetooth)", outputs=2),
)


@dataclass
class FakeStream:
    """One opened device."""

    host: "FakeAudioHost"
    way: str
    device_index: int | None
    rate: int
    block_samples: int
    callback: StreamCallback
    started: bool = False
    closed: bool = False

    def start_stream(self) -> None:
        if self.host.fails_to_start:
            raise OSError(-9999, "Unanticipated host error")
        self.started = True

    def close(self) -> None:
        with self.host.lock:  # as PortAudio: a callback that is under way ends first
            self.closed = True

    def get_input_latency(self) -> float:
        return 0.01

    def get_output_latency(self) -> float:
        return 0.03


@dataclass
class FakeAudioHost:
    """Stands in for `pyaudio.PyAudio`. `pump` lets time pass; `running` does so in real time, on a thread.

    Attributes:
        devices: What is plugged in.
        fails: Devices that cannot be opened, with what PortAudio says.
        heard: Everything that was played so far.
        unplugged: The microphone delivers nothing any more.
    """

    devices: tuple[Info, ...] = DEVICES
    defaults: tuple[int | None, int | None] = (0, 1)
    fails: dict[int, OSError] = field(default_factory=dict)
    fails_to_start: bool = False
    streams: list[FakeStream] = field(default_factory=list)
    heard: bytearray = field(default_factory=bytearray)
    unplugged: bool = False
    terminated: bool = False
    lock: Lock = field(default_factory=Lock)
    _saying: bytearray = field(default_factory=bytearray)

    def get_device_count(self) -> int:
        return len(self.devices)

    def get_device_info_by_index(self, device_index: int) -> Info:
        return self.devices[device_index]

    def get_default_input_device_info(self) -> Info:
        return self._default(0)

    def get_default_output_device_info(self) -> Info:
        return self._default(1)

    def get_format_from_width(self, width: int) -> int:
        return {2: 8}[width]

    def open(
        self,
        *,
        rate: int,
        channels: int,
        format: int,
        input: bool = False,
        output: bool = False,
        input_device_index: int | None = None,
        output_device_index: int | None = None,
        frames_per_buffer: int = 0,
        start: bool = True,
        stream_callback: StreamCallback | None = None,
    ) -> FakeStream:
        index = input_device_index if input else output_device_index
        assert (channels, format, start, input is not output) == (1, 8, False, True)
        assert stream_callback is not None
        if index in self.fails:
            raise self.fails[index]
        way = "input" if input else "output"
        stream = FakeStream(self, way, index, rate, frames_per_buffer, stream_callback)
        self.streams.append(stream)
        return stream

    def terminate(self) -> None:
        self.terminated = True

    def say(self, pcm: bytes) -> None:
        """Speak into the microphone from now on."""
        with self.lock:
            self._saying += pcm

    def pump(self, blocks: int = 1) -> None:
        """Let 20 ms pass, so many times; on the caller's thread."""
        for _ in range(blocks):
            with self.lock:
                for stream in self.streams:
                    if stream.started and not stream.closed:
                        self._pump(stream)

    def _pump(self, stream: FakeStream) -> None:
        size = stream.block_samples * SAMPLE_BYTES
        if stream.way == "output":
            played, _ = stream.callback(None, stream.block_samples, {}, 0)
            assert played is not None
            assert len(played) == size
            self.heard += played
        elif not self.unplugged:
            block = bytes(self._saying[:size])
            del self._saying[:size]
            stream.callback(block.ljust(size, b"\x00"), stream.block_samples, {}, 0)

    def _default(self, way: int) -> Info:
        index = self.defaults[way]
        if index is None:
            raise OSError("No Default Device Available")
        return self.devices[index]


class RealTime:
    """A thread that lets time pass for a host, as a sound card does. Use it as an async context."""

    def __init__(self, host: FakeAudioHost) -> None:
        self._host = host
        self._over = Event()
        self._thread = Thread(target=self._run, name="fake-sound-card", daemon=True)

    async def __aenter__(self) -> "RealTime":
        self._thread.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._over.set()
        await asyncio.to_thread(self._thread.join)

    def _run(self) -> None:
        due = time.perf_counter()
        while not self._over.wait(max(0.0, due - time.perf_counter())):
            due += BLOCK_SECONDS
            self._host.pump()


async def until(reached: Callable[[], bool], timeout: float = 5.0) -> None:
    """Wait for something that another thread brings about."""
    async with asyncio.timeout(timeout):
        while not reached():  # noqa: ASYNC110 - threads set no asyncio events
            await asyncio.sleep(0.005)
