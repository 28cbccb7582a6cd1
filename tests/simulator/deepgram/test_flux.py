"""`/v2/listen` as the official deepgram-sdk uses it, and what it does not understand."""

import asyncio

import orjson
import pytest
from deepgram.core.api_error import ApiError
from deepgram.listen.v2.types import (
    ListenV2Configure,
    ListenV2ConfigureFailure,
    ListenV2ConfigureSuccess,
    ListenV2ConfigureThresholds,
    ListenV2Connected,
    ListenV2TurnInfo,
)
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosedError

from simulator.audio import samples_to_ulaw
from tests.simulator.deepgram.clients import sdk_client
from tests.simulator.deepgram.streams import line

_HOURS = "What are your opening hours?"
_OPEN = "I would like to book an appointment"


async def test_a_conversation_with_the_sdk(url: str) -> None:
    received: list[object] = []
    audio = samples_to_ulaw(line([_HOURS, 1.0, _OPEN, 0.3]))
    async with sdk_client(url).listen.v2.connect(
        model="flux-general-en",
        encoding="mulaw",
        sample_rate=8000,
        eot_threshold=0.8,
        eager_eot_threshold=0.4,
        eot_timeout_ms=2000,
    ) as connection:
        for at in range(0, len(audio), 640):
            await connection.send_media(audio[at : at + 640])
        await connection.send_force_end_turn()
        await connection.send_close_stream()
        async with asyncio.timeout(10):
            async for message in connection:
                received.append(message)
    assert isinstance(received[0], ListenV2Connected)
    infos = [message for message in received[1:] if isinstance(message, ListenV2TurnInfo)]
    assert len(infos) == len(received) - 1
    assert [info.sequence_id for info in infos] == list(range(1, len(infos) + 1))
    turns = [info for info in infos if info.event != "Update"]
    assert [turn.event for turn in turns[:3]] == ["StartOfTurn", "EagerEndOfTurn", "EndOfTurn"]
    assert [(turn.transcript, turn.trigger) for turn in turns if turn.event == "EndOfTurn"] == [
        (_HOURS, "model"),
        (_OPEN, "manual"),
    ]
    assert [word.word for word in turns[2].words] == _HOURS.split()
    assert turns[2].words[-1].end is not None
    assert turns[2].words[-1].end <= turns[2].audio_window_end
    assert turns[-1].turn_index == 1


async def test_thresholds_are_changed_while_it_runs(url: str) -> None:
    async with sdk_client(url).listen.v2.connect(
        model="flux-general-en", encoding="mulaw", sample_rate=8000
    ) as connection:
        assert isinstance(await connection.recv(), ListenV2Connected)
        wanted = ListenV2ConfigureThresholds(eot_threshold=0.9, eager_eot_threshold=0.5)
        await connection.send_configure(ListenV2Configure(type="Configure", thresholds=wanted))
        success = await connection.recv()
        assert isinstance(success, ListenV2ConfigureSuccess)
        assert (success.thresholds.eot_threshold, success.thresholds.eot_timeout_ms) == (0.9, 5000)
        wrong = ListenV2ConfigureThresholds(eager_eot_threshold=0.95)
        await connection.send_configure(ListenV2Configure(type="Configure", thresholds=wrong))
        failure = await connection.recv()
        assert isinstance(failure, ListenV2ConfigureFailure)
        assert failure.type == "ConfigureFailure"


@pytest.mark.parametrize(
    "query",
    [
        "model=nova-3",
        "model=flux-general-en&eot_threshold=0.2",
        "model=flux-general-en&eager_eot_threshold=0.8",
        "model=flux-general-en&eot_timeout_ms=100",
        "model=flux-general-en&eot_threshold=high",
        "model=flux-general-en&interim_results=true",
        "model=flux-general-en&encoding=mulaw",
        "model=flux-general-en&encoding=flac&sample_rate=8000",
    ],
)
async def test_what_cannot_be_served_is_refused(url: str, query: str) -> None:
    with pytest.raises(Exception, match="HTTP 400"):
        await connect(f"{url.replace('http', 'ws', 1)}/v2/listen?{query}", additional_headers=_KEY)


async def test_wrong_keys_are_401_for_the_sdk_too(url: str) -> None:
    with pytest.raises(ApiError) as caught:
        async with sdk_client(url, "bad-key").listen.v2.connect(model="flux-general-en"):
            pass
    assert caught.value.status_code == 401


@pytest.mark.parametrize("message", ['{"type":"KeepAlive"}', '{"type":"Finalize"}', "hello"])
async def test_messages_of_the_other_protocol_are_fatal(url: str, message: str) -> None:
    address = f"{url.replace('http', 'ws', 1)}/v2/listen?model=flux-general-en&encoding=mulaw&sample_rate=8000"
    async with connect(address, additional_headers=_KEY) as socket, asyncio.timeout(5):
        await socket.send(message)
        answers = [orjson.loads(await socket.recv()) for _ in range(2)]
        with pytest.raises(ConnectionClosedError) as closed:
            await socket.recv()
    assert [answer["type"] for answer in answers] == ["Connected", "Error"]
    assert answers[1]["code"] == "UNPARSABLE_CLIENT_MESSAGE"
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1008


_KEY = {"Authorization": "Token a-key"}
