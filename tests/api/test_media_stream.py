import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from itertools import islice
from pathlib import Path

import pytest
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import InvalidStatus

from bot.transport.ports import StreamEnd
from bot.transport.twilio_messages import media_message
from data.records import CallStatus
from tests.api.twilio_server import (
    CALL,
    OUR_NUMBER,
    TwilioServer,
    lose_database,
    make_agent,
    make_settings,
    stream_of,
    twilio_server,
)
from tests.bot.transport.captured_logs import captured_logs

AUDIO = b"\xff" * 160


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[TwilioServer]:
    async with twilio_server(tmp_path) as running:
        await running.add_agent(make_agent(), OUR_NUMBER)
        yield running


@pytest.fixture
async def open_server(tmp_path: Path) -> AsyncIterator[TwilioServer]:
    """One that checks no signatures."""
    async with twilio_server(tmp_path, make_settings(twilio_validate_signatures=False)) as running:
        await running.add_agent(make_agent(), OUR_NUMBER)
        yield running


def start(call_sid: str = "CA1", token: str | None = None, stream_sid: str = "MZ1") -> str:
    body: dict[str, object] = {"callSid": call_sid, "streamSid": stream_sid, "accountSid": "AC1"}
    if token is not None:
        body["customParameters"] = {"token": token}
    return json.dumps({"event": "start", "streamSid": stream_sid, "start": body})


async def announced(server: TwilioServer, call_sid: str = "CA1") -> str:
    """The token of a call that was just announced."""
    answer = await server.post("/voice/incoming", {**CALL, "CallSid": call_sid})
    return stream_of(answer.text)[1]


async def close_code(socket: ClientConnection) -> int:
    async with asyncio.timeout(5):
        await socket.wait_closed()
    assert socket.close_code is not None
    return socket.close_code


@pytest.mark.parametrize("path", ["/media-stream", "/ws/media"])
async def test_a_whole_stream(server: TwilioServer, path: str) -> None:
    token = await announced(server)
    async with server.stream(path) as socket:
        await socket.send(json.dumps({"event": "connected", "protocol": "Call", "version": "1.0.0"}))
        await socket.send(start(token=token))
        await server.calls.wait_until_started()
        config, stream_id = server.calls.started[0]
        record = await server.conversation()
        assert record is not None
        assert config.conversation_id == record.conversation_id
        assert (stream_id, config.call_sid) == ("MZ1", "CA1")

        transport = server.calls.live["CA1"]
        transport.send_audio(AUDIO)
        transport.send_mark("end")
        transport.send_clear()
        sent = [json.loads(await socket.recv())["event"] for _ in range(3)]
        assert sent == ["media", "mark", "clear"]

        await socket.send("{")
        await socket.send(b"\x00\xff")
        await socket.send("x" * 200_000)
        await socket.send(media_message("MZ1", AUDIO))
        await socket.send(json.dumps({"event": "mark", "streamSid": "MZ1", "mark": {"name": "end"}}))
        await socket.send(json.dumps({"event": "stop", "streamSid": "MZ1"}))
        assert await close_code(socket) == 1000
    assert await server.calls.wait_until_ended("CA1") is StreamEnd.STOPPED
    assert server.calls.receiver.audio == [AUDIO]
    assert server.calls.receiver.marks == ["end"]


async def test_a_peer_that_goes_without_stop(server: TwilioServer) -> None:
    token = await announced(server)
    async with server.stream() as socket:
        await socket.send(start(token=token))
        await server.calls.wait_until_started()
        socket.transport.abort()
        assert await server.calls.wait_until_ended("CA1") is StreamEnd.CONNECTION_LOST


async def test_a_flood_of_nonsense_ends_the_stream_and_nothing_else(server: TwilioServer) -> None:
    token = await announced(server)
    async with server.stream() as socket:
        await socket.send(start(token=token))
        await server.calls.wait_until_started()
        for _ in range(51):
            await socket.send("[]")
        assert await close_code(socket) == 1008
    assert await server.calls.wait_until_ended("CA1") is StreamEnd.MALFORMED
    assert await announced(server, "CA2")


async def test_our_own_close_reaches_the_peer(server: TwilioServer) -> None:
    token = await announced(server)
    async with server.stream() as socket:
        await socket.send(start(token=token))
        await server.calls.wait_until_started()
        await server.calls.live["CA1"].close()
        assert await close_code(socket) == 1000
    assert await server.calls.wait_until_ended("CA1") is StreamEnd.CLOSED_BY_US


@pytest.mark.parametrize(
    ("signature", "signed_url"),
    [("", None), ("wrong", None), (None, "wss://evil.example/media-stream")],
)
async def test_an_unsigned_upgrade_is_refused(
    server: TwilioServer, signature: str | None, signed_url: str | None
) -> None:
    with captured_logs() as lines, pytest.raises(InvalidStatus) as caught:
        async with server.stream(signature=signature, signed_url=signed_url):
            pass
    assert caught.value.response.status_code == 403
    assert any("X-Twilio-Signature" in line for line in lines)


async def test_without_a_token_there_is_no_stream(server: TwilioServer) -> None:
    await announced(server)
    async with server.stream() as socket:
        await socket.send(start())
        assert await close_code(socket) == 1008
    assert server.calls.started == []


async def test_a_foreign_token_is_refused_and_logged(server: TwilioServer) -> None:
    await announced(server)
    foreign = await announced(server, "CA2")
    with captured_logs() as lines:
        async with server.stream() as socket:
            await socket.send(start(token=foreign))
            assert await close_code(socket) == 1008
    assert any("token_wrong" in line and "CA1" in line for line in lines)
    assert server.calls.started == []


async def test_a_second_stream_for_a_call_is_refused_and_the_first_goes_on(server: TwilioServer) -> None:
    token = await announced(server)
    async with server.stream() as first, server.stream() as second:
        await first.send(start(token=token))
        await server.calls.wait_until_started()
        await second.send(start(token=token, stream_sid="MZ2"))
        assert await close_code(second) == 1008
        await first.send(media_message("MZ1", AUDIO))
        await first.send(json.dumps({"event": "stop"}))
        assert await close_code(first) == 1000
    assert len(server.calls.started) == 1
    assert server.calls.receiver.audio == [AUDIO]


async def test_of_many_streams_for_one_call_one_gets_in(open_server: TwilioServer) -> None:
    async with AsyncExitStack() as stack:
        sockets = [await stack.enter_async_context(open_server.stream()) for _ in range(5)]
        await asyncio.gather(*(socket.send(start()) for socket in sockets))
        closings = [asyncio.create_task(close_code(socket)) for socket in sockets]
        refused = [await next_one for next_one in islice(asyncio.as_completed(closings), 4)]
        assert refused == [1008] * 4
        await open_server.calls.wait_until_started()
        await open_server.calls.live["CA1"].close()
        assert sorted([await closing for closing in closings]) == [1000, 1008, 1008, 1008, 1008]
    assert len(open_server.calls.started) == 1


async def test_a_stream_that_comes_while_shutting_down_is_refused(server: TwilioServer) -> None:
    token = await announced(server)
    server.calls.accepting = False
    with captured_logs() as lines:
        async with server.stream() as socket:
            await socket.send(start(token=token))
            assert await close_code(socket) == 1001
    assert any("shutting_down" in line for line in lines)


class TestWithoutSignatures:
    async def test_a_bare_peer_is_served_by_the_default_agent(self, open_server: TwilioServer) -> None:
        async with open_server.stream(signature="") as socket:
            await socket.send(json.dumps({"event": "start", "start": {"streamSid": "MZ9"}}))
            await open_server.calls.wait_until_started()
            config, _ = open_server.calls.started[0]
            assert config.agent.agent_id == "agent_1"
            assert config.call_sid.startswith("CA")
            record = await open_server.conversation(config.call_sid)
            assert record is not None
            assert record.conversation_id == config.conversation_id

    async def test_an_announced_call_keeps_its_conversation_without_a_token(
        self, open_server: TwilioServer
    ) -> None:
        await announced(open_server)
        record = await open_server.conversation()
        assert record is not None
        async with open_server.stream(signature="") as socket:
            await socket.send(start())
            await open_server.calls.wait_until_started()
            config, _ = open_server.calls.started[0]
            assert config.conversation_id == record.conversation_id
            assert config.caller_number == CALL["From"]

    async def test_a_call_sid_may_be_used_again(self, open_server: TwilioServer) -> None:
        await announced(open_server)
        await open_server.post("/voice/status", {**CALL, "CallStatus": "completed"})
        record = await open_server.conversation()
        assert record is not None
        async with open_server.stream(signature="") as socket:
            await socket.send(start())
            await open_server.calls.wait_until_started()
            config, _ = open_server.calls.started[0]
            assert config.conversation_id != record.conversation_id
            assert config.call_sid == "CA1"
        record = await open_server.conversation()
        assert record is not None
        assert record.status is CallStatus.FAILED

    async def test_a_wrong_token_is_refused_still(self, open_server: TwilioServer) -> None:
        async with open_server.stream(signature="") as socket:
            await socket.send(start(token="made-up"))
            assert await close_code(socket) == 1008

    @pytest.mark.parametrize("call_sid", ["CA 1", "x" * 200])
    async def test_an_unusable_call_sid_is_refused(self, open_server: TwilioServer, call_sid: str) -> None:
        async with open_server.stream(signature="") as socket:
            await socket.send(start(call_sid))
            assert await close_code(socket) == 1008

    async def test_a_database_that_is_away_refuses_the_stream(
        self, open_server: TwilioServer, tmp_path: Path
    ) -> None:
        await open_server.database.close()
        lose_database(tmp_path)
        async with open_server.stream(signature="") as socket:
            await socket.send(start())
            assert await close_code(socket) == 1011


async def test_without_any_agent_there_is_no_stream(tmp_path: Path) -> None:
    async with (
        twilio_server(tmp_path, make_settings(twilio_validate_signatures=False)) as server,
        server.stream(signature="") as socket,
    ):
        await socket.send(start())
        assert await close_code(socket) == 1008
