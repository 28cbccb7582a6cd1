"""The microphone as a call's transport, on devices that are made up."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.transport import microphone as microphone_module
from bot.transport.local_audio import list_devices
from bot.transport.microphone import MICROPHONE, MOST_BLOCKS_WAITING, MicrophoneTransport
from bot.transport.ports import StreamEnd
from config.errors import ConfigurationError
from tests.bot.transport.fake_audio import FakeAudioHost, until
from tests.bot.transport.fakes import FakeReceiver

BLOCK = MICROPHONE.byte_count(0.02)


class Line:
    """A transport that runs."""

    def __init__(self) -> None:
        self.host = FakeAudioHost()
        self.receiver = FakeReceiver()
        devices = list_devices(self.host)
        self.transport = MicrophoneTransport(self.host, devices[2], devices[1])
        self.running: asyncio.Task[StreamEnd] | None = None

    async def start(self) -> None:
        await self.transport.open()
        self.running = asyncio.create_task(self.transport.run(self.receiver))
        await until(lambda: len(self.host.streams) == 2 and all(stream.started for stream in self.host.streams))

    async def pump(self, blocks: int = 1) -> None:
        """Let 20 ms pass so many times, on another thread as in life, and the loop take what came."""
        await asyncio.to_thread(self.host.pump, blocks)
        await asyncio.sleep(0)

    async def ended(self) -> StreamEnd:
        assert self.running is not None
        async with asyncio.timeout(5):
            return await self.running


@pytest_asyncio.fixture
async def line() -> AsyncIterator[Line]:
    line = Line()
    await line.start()
    yield line
    await line.transport.close()
    await line.ended()
    assert all(stream.closed for stream in line.host.streams)


async def test_the_chosen_devices_are_opened_at_16_khz_in_20_ms_blocks(line: Line) -> None:
    opened = [(s.way, s.device_index, s.rate, s.block_samples) for s in line.host.streams]
    assert opened == [("input", 2, 16000, 320), ("output", 1, 16000, 320)]
    assert (line.transport.input_latency, line.transport.output_latency) == (0.01, 0.03)
    assert line.transport.media_format == MICROPHONE


async def test_what_is_said_reaches_the_call_in_order(line: Line) -> None:
    said = bytes(range(256)) * 5
    line.host.say(said)
    await line.pump(2)
    assert b"".join(line.receiver.audio) == said
    assert [len(block) for block in line.receiver.audio] == [BLOCK, BLOCK]


async def test_what_the_call_sends_is_played_and_its_mark_echoed_when_it_is_heard(line: Line) -> None:
    loop = asyncio.get_running_loop()
    audio = bytes(range(1, 129)) * 10
    line.transport.send_audio(audio)
    line.transport.send_mark("u1")
    await line.pump(1)
    assert line.receiver.marks == []
    taken_at = loop.time()
    await line.pump(1)
    assert line.receiver.marks == [], "the device has it, but nobody has heard it yet"
    await until(lambda: line.receiver.marks == ["u1"])
    assert loop.time() - taken_at >= line.transport.output_latency
    await line.pump(1)
    assert bytes(line.host.heard) == audio.ljust(3 * BLOCK, b"\x00")


async def test_a_clear_silences_the_speaker_within_one_block(line: Line) -> None:
    line.transport.send_audio(b"\x07" * 20 * BLOCK)
    line.transport.send_mark("u1")
    await line.pump(2)
    line.transport.send_clear()
    assert line.receiver.marks == [], "not from within the media plane's own call"
    await line.pump(2)
    assert bytes(line.host.heard) == b"\x07" * 2 * BLOCK + b"\x00" * 2 * BLOCK
    assert line.receiver.marks == ["u1"]


async def test_hanging_up_ends_the_call_as_a_caller_does(line: Line) -> None:
    line.transport.hang_up()
    assert await line.ended() is StreamEnd.STOPPED
    line.transport.send_audio(b"\x01" * BLOCK)
    await line.pump()
    assert bytes(line.host.heard) == b""


async def test_closing_is_not_hanging_up(line: Line) -> None:
    await line.transport.close()
    line.transport.hang_up()
    assert await line.ended() is StreamEnd.CLOSED_BY_US


async def test_no_mark_is_echoed_after_the_end(line: Line) -> None:
    line.transport.send_audio(b"\x01" * BLOCK)
    line.transport.send_mark("u1")
    await line.pump()
    await line.transport.close()
    await asyncio.sleep(line.transport.output_latency * 2)
    assert line.receiver.marks == []


async def test_a_microphone_that_is_pulled_out_ends_the_call(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(microphone_module, "SILENT_DEVICE_SECONDS", 0.05)
    monkeypatch.setattr(microphone_module, "_CHECK_SECONDS", 0.01)
    line = Line()
    await line.start()
    line.host.unplugged = True
    assert await line.ended() is StreamEnd.CONNECTION_LOST
    assert all(stream.closed for stream in line.host.streams)


async def test_a_stalled_loop_is_not_buried_in_audio(line: Line) -> None:
    line.host.pump(MOST_BLOCKS_WAITING + 30)  # on the loop's own thread, which takes nothing meanwhile
    await asyncio.sleep(0)
    assert len(line.receiver.audio) == MOST_BLOCKS_WAITING
    assert line.transport.dropped_blocks == 30


@pytest.mark.parametrize(("broken", "named"), [(2, "microphone 'Headset'"), (1, "speaker 'Built-in Speakers'")])
async def test_a_device_that_cannot_be_used_is_named_and_nothing_stays_open(broken: int, named: str) -> None:
    line = Line()
    line.host.fails[broken] = OSError(-9997, "Invalid sample rate")
    with pytest.raises(ConfigurationError, match="16000 Hz") as refusal:
        await line.transport.open()
    assert named in refusal.value.message
    assert "Invalid sample rate" in refusal.value.message
    assert all(stream.closed for stream in line.host.streams)


async def test_a_device_that_does_not_start_ends_the_call() -> None:
    line = Line()
    line.host.fails_to_start = True
    await line.transport.open()
    assert await line.transport.run(line.receiver) is StreamEnd.CONNECTION_LOST
    assert all(stream.closed for stream in line.host.streams)
