import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.transport.ports import MediaReceiver, MediaWire, StreamEnd
from bot.transport.socket import TextSocket
from bot.transport.twilio import HandshakeError, TwilioLimits, TwilioTransport
from bot.transport.twilio_messages import media_message
from tests.bot.transport.fakes import FakeReceiver, FakeSocket
from tests.bot.transport.test_twilio_messages import near_misses

CONNECTED = {"event": "connected", "protocol": "Call", "version": "1.0.0"}
START = {"event": "start", "streamSid": "MZ1", "start": {"callSid": "CA1", "streamSid": "MZ1"}}
STOP = {"event": "stop", "streamSid": "MZ1"}
AUDIO = b"\xff" * 160
MEDIA = media_message("MZ1", AUDIO)


@pytest.fixture(autouse=True)
async def no_task_left() -> AsyncIterator[None]:
    before = asyncio.all_tasks()
    yield
    left = [task for task in asyncio.all_tasks() - before if task.get_name().startswith("twilio-")]
    assert left == []


async def started(socket: FakeSocket, limits: TwilioLimits | None = None) -> TwilioTransport:
    transport = TwilioTransport(socket, limits)
    socket.put(CONNECTED, START)
    await transport.handshake()
    return transport


@asynccontextmanager
async def running(transport: TwilioTransport, receiver: FakeReceiver) -> AsyncIterator[asyncio.Task[StreamEnd]]:
    task = asyncio.create_task(transport.run(receiver))
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def run_to_end(transport: TwilioTransport, receiver: FakeReceiver) -> StreamEnd:
    async with asyncio.timeout(5):
        return await transport.run(receiver)


def test_it_fits_its_ports() -> None:
    make: Callable[[TextSocket], MediaWire] = TwilioTransport
    receiver: Callable[[], MediaReceiver] = FakeReceiver
    assert (make, receiver) == (TwilioTransport, FakeReceiver)


class TestHandshake:
    async def test_it_returns_what_start_said(self) -> None:
        socket = FakeSocket()
        socket.put(
            CONNECTED,
            {
                "event": "start",
                "streamSid": "MZ1",
                "start": {"callSid": "CA1", "accountSid": "AC1", "customParameters": {"token": "t"}},
            },
        )
        start = await TwilioTransport(socket).handshake()
        assert (start.stream_sid, start.call_sid, start.account_sid) == ("MZ1", "CA1", "AC1")
        assert start.custom_parameters == {"token": "t"}
        assert (start.encoding, start.sample_rate) == ("audio/x-mulaw", 8000)

    async def test_a_peer_without_stream_sid_gets_one(self) -> None:
        socket = FakeSocket()
        socket.put({"event": "start", "start": {"callSid": "CA1"}}, media_message("MZ7", AUDIO), STOP)
        transport = TwilioTransport(socket)
        start = await transport.handshake()
        assert start.stream_sid.startswith("MZ")
        receiver = FakeReceiver()
        assert await run_to_end(transport, receiver) is StreamEnd.STOPPED
        assert receiver.audio == [AUDIO]

    async def test_nonsense_before_start_is_borne_and_counted(self) -> None:
        socket = FakeSocket()
        socket.put("{", [], MEDIA, CONNECTED, {"event": "mark", "mark": {"name": "m"}}, START)
        transport = TwilioTransport(socket)
        assert (await transport.handshake()).call_sid == "CA1"
        assert (transport.faults.malformed, transport.faults.misplaced) == (2, 2)

    @pytest.mark.parametrize(
        ("messages", "reason"),
        [
            ([], "timeout"),
            ([CONNECTED], "timeout"),
            ([STOP], "stopped"),
            (["x"] * 51, "malformed"),
            ([MEDIA] * 51, "malformed"),
            (
                [
                    {
                        "event": "start",
                        "start": {"mediaFormat": {"encoding": "audio/l16", "sampleRate": 16000}},
                    }
                ],
                "unsupported_media_format",
            ),
        ],
    )
    async def test_without_a_usable_start_there_is_no_stream(self, messages: list[object], reason: str) -> None:
        socket = FakeSocket()
        socket.put(*messages)
        with pytest.raises(HandshakeError) as caught:
            await TwilioTransport(socket, TwilioLimits(handshake_seconds=0.05)).handshake()
        assert caught.value.reason == reason

    async def test_a_lost_connection_ends_it(self) -> None:
        socket = FakeSocket()
        socket.drop()
        with pytest.raises(HandshakeError, match="connection_lost"):
            await TwilioTransport(socket).handshake()

    async def test_run_needs_it(self) -> None:
        with pytest.raises(RuntimeError):
            await TwilioTransport(FakeSocket()).run(FakeReceiver())


class TestReceiving:
    async def test_everything_reaches_the_receiver(self) -> None:
        socket, receiver = FakeSocket(), FakeReceiver()
        transport = await started(socket)
        socket.put(
            MEDIA,
            {"event": "dtmf", "streamSid": "MZ1", "dtmf": {"digit": "4"}},
            {"event": "mark", "streamSid": "MZ1", "mark": {"name": "end"}},
            media_message("MZ1", b""),
            STOP,
        )
        assert await run_to_end(transport, receiver) is StreamEnd.STOPPED
        assert (receiver.audio, receiver.digits, receiver.marks) == ([AUDIO], ["4"], ["end"])
        assert (transport.faults.malformed, transport.faults.misplaced) == (0, 0)
        assert socket.closed_with == [(1000, "")]

    async def test_malformed_and_misplaced_messages_never_end_a_call(self) -> None:
        socket, receiver = FakeSocket(), FakeReceiver()
        transport = await started(socket)
        socket.put(
            "{",
            "[]",
            '{"event": "media", "media": null}',
            '{"event": "media", "media": {"payload": "AAA"}}',
            '{"event": "hologram"}',
            b"\xff\x00",
            "x" * 70_000,
            START,
            CONNECTED,
            media_message("MZ-other", AUDIO),
            {"event": "stop", "streamSid": "MZ-other"},
            {"event": "dtmf", "streamSid": "MZ-other", "dtmf": {"digit": "1"}},
            {"event": "mark", "streamSid": "MZ-other", "mark": {"name": "m"}},
            MEDIA,
            STOP,
        )
        assert await run_to_end(transport, receiver) is StreamEnd.STOPPED
        assert (receiver.audio, receiver.digits, receiver.marks) == ([AUDIO], [], [])
        assert (transport.faults.malformed, transport.faults.misplaced) == (7, 6)

    @pytest.mark.parametrize("bad", ["{", json.dumps(START), media_message("MZ-other", AUDIO)])
    async def test_very_many_end_it_with_a_reason(self, bad: str) -> None:
        socket, receiver = FakeSocket(), FakeReceiver()
        transport = await started(socket)
        socket.put(*[bad, MEDIA] * 50, bad, MEDIA)
        assert await run_to_end(transport, receiver) is StreamEnd.MALFORMED
        assert len(receiver.audio) == 50
        assert [code for code, _ in socket.closed_with] == [1008]

    async def test_a_loss_without_stop_is_told_apart(self) -> None:
        socket = FakeSocket()
        transport = await started(socket)
        socket.drop()
        assert await run_to_end(transport, FakeReceiver()) is StreamEnd.CONNECTION_LOST

    async def test_a_receiver_that_fails_ends_the_stream_and_is_heard(self) -> None:
        socket, receiver = FakeSocket(), FakeReceiver()
        receiver.fails = True
        transport = await started(socket)
        socket.put(MEDIA)
        with pytest.raises(ZeroDivisionError):
            await run_to_end(transport, receiver)
        assert socket.closed_with


@given(
    st.lists(near_misses.map(json.dumps) | st.text() | st.binary() | st.sampled_from([MEDIA, json.dumps(STOP)]))
)
async def test_whatever_comes_the_stream_ends_with_a_reason(messages: list[str | bytes]) -> None:
    socket, receiver = FakeSocket(), FakeReceiver()
    transport = await started(socket, TwilioLimits(max_faults=5))
    socket.put(*messages)
    socket.drop()
    end = await run_to_end(transport, receiver)
    assert end in (StreamEnd.STOPPED, StreamEnd.CONNECTION_LOST, StreamEnd.MALFORMED)
    faults = transport.faults.malformed + transport.faults.misplaced
    assert (end is StreamEnd.MALFORMED) == (faults > 5)


class TestSending:
    async def test_what_was_queued_before_run_is_sent_in_order(self) -> None:
        socket = FakeSocket()
        transport = await started(socket)
        transport.send_audio(b"\x01" * 800)
        transport.send_mark("one")
        async with running(transport, FakeReceiver()):
            sent = await socket.wait_for_sent(2)
            assert [message["event"] for message in sent] == ["media", "mark"]
            assert {message["streamSid"] for message in sent} == {"MZ1"}
            transport.send_clear()
            assert (await socket.wait_for_sent(3))[2] == {"event": "clear", "streamSid": "MZ1"}

    async def test_a_clear_overtakes_what_waits_for_a_slow_peer(self) -> None:
        socket = FakeSocket()
        transport = await started(socket)
        async with running(transport, FakeReceiver()):
            socket.reading.clear()
            transport.send_audio(b"1")
            await asyncio.sleep(0.01)  # the writer now hangs in its send
            for _ in range(10):
                transport.send_audio(b"2")
            transport.send_clear()
            socket.reading.set()
            sent = await socket.wait_for_sent(2)
            await asyncio.sleep(0.01)
            assert [message["event"] for message in sent] == ["media", "clear"]

    async def test_nothing_that_is_sent_at_once_overtakes_what_waits(self) -> None:
        socket = FakeSocket(sends_at_once=True)
        transport = await started(socket)
        transport.send_audio(b"0")
        async with running(transport, FakeReceiver()):
            transport.send_mark("m0")
            await socket.wait_for_sent(2)
            transport.send_audio(b"1")  # in this very step: nothing waits
            assert len(socket.sent) == 3
            socket.reading.clear()
            transport.send_mark("m1")
            transport.send_audio(b"2")
            socket.reading.set()
            transport.send_mark("m2")  # the writer has not been woken yet
            sent = await socket.wait_for_sent(6)
        assert [message["event"] for message in sent] == ["media", "mark"] * 3
        assert [message["mark"] for message in sent[1::2]] == [{"name": "m0"}, {"name": "m1"}, {"name": "m2"}]

    async def test_a_clear_is_sent_at_once_unless_something_waits(self) -> None:
        socket = FakeSocket(sends_at_once=True)
        transport = await started(socket)
        async with running(transport, FakeReceiver()):
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            transport.send_clear()
            assert [message["event"] for message in socket.sent] == ["clear"]
            socket.reading.clear()
            transport.send_audio(b"dropped")
            transport.send_mark("m1")
            transport.send_clear()
            socket.reading.set()
            sent = await socket.wait_for_sent(3)
        assert [message["event"] for message in sent] == ["clear", "clear", "mark"]

    async def test_a_peer_that_reads_too_slowly_loses_the_oldest_audio(self) -> None:
        socket = FakeSocket()
        transport = await started(socket, TwilioLimits(max_queued=3))
        for number in range(5):
            transport.send_audio(bytes([number]))
        assert transport.dropped_audio == 2
        async with running(transport, FakeReceiver()):
            assert len(await socket.wait_for_sent(3)) == 3

    async def test_a_peer_that_stops_reading_counts_as_lost(self) -> None:
        socket = FakeSocket()
        transport = await started(socket, TwilioLimits(send_seconds=0.05))
        socket.reading.clear()
        transport.send_audio(b"1")
        assert await run_to_end(transport, FakeReceiver()) is StreamEnd.CONNECTION_LOST

    async def test_a_send_on_a_dead_socket_counts_as_lost(self) -> None:
        socket = FakeSocket()
        transport = await started(socket)
        await socket.close()
        transport.send_audio(b"1")
        assert await run_to_end(transport, FakeReceiver()) is StreamEnd.CONNECTION_LOST


class TestClosing:
    async def test_our_own_close_ends_run_at_once(self) -> None:
        socket = FakeSocket()
        transport = await started(socket)
        async with running(transport, FakeReceiver()) as task:
            await asyncio.sleep(0)
            await asyncio.gather(transport.close(), transport.close(1001, "again"))
            async with asyncio.timeout(5):
                assert await task is StreamEnd.CLOSED_BY_US
        assert socket.closed_with == [(1000, "")]

    async def test_closed_before_run(self) -> None:
        transport = await started(FakeSocket())
        await transport.close()
        assert await run_to_end(transport, FakeReceiver()) is StreamEnd.CLOSED_BY_US

    async def test_nothing_is_sent_after_it(self) -> None:
        socket = FakeSocket()
        transport = await started(socket)
        await transport.close()
        transport.send_audio(b"1")
        transport.send_mark("m")
        transport.send_clear()
        await run_to_end(transport, FakeReceiver())
        assert socket.sent == []

    async def test_a_socket_that_does_not_close_is_left(self) -> None:
        socket = FakeSocket()
        socket.close_blocks = True
        transport = await started(socket, TwilioLimits(close_seconds=0.02))
        socket.put(STOP)
        assert await run_to_end(transport, FakeReceiver()) is StreamEnd.STOPPED

    async def test_a_cancelled_run_leaves_nothing_behind(self) -> None:
        socket = FakeSocket()
        transport = await started(socket)
        async with running(transport, FakeReceiver()) as task:
            await asyncio.sleep(0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        assert socket.closed_with == [(1000, "")]
