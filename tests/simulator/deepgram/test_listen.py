"""The listen WebSocket as a raw client sees it."""

import asyncio
import json

import httpx
import numpy as np
import pytest
import websockets
from hypothesis import given
from hypothesis import strategies as st

from simulator.audio import samples_to_linear16, samples_to_ulaw
from simulator.deepgram.app import create_app
from simulator.deepgram.audio_input import UndecodableAudioError, read_wav_header
from simulator.deepgram.audio_stream import IDLE_REASON
from simulator.deepgram.options import DeepgramOptions
from simulator.deepgram.query import ENCODERS
from simulator.deepgram.wav import wav_header
from simulator.hosting import serve_app
from tests.simulator.deepgram.clients import (
    KEY,
    closed,
    final_text,
    listen,
    send_audio,
    socket_url,
    transcript,
    until,
)
from tests.simulator.deepgram.phrases import PHRASES
from tests.simulator.deepgram.streams import line

_TEXT = "What are your opening hours?"


async def test_results_have_every_field_of_the_vendor(url: str) -> None:
    async with listen(url, endpointing=300, interim_results="true", vad_events="true") as socket:
        await send_audio(socket, samples_to_ulaw(line([_TEXT, 1.0])))
        await socket.send(json.dumps({"type": "CloseStream"}))
        code, _, messages = await closed(socket)
    assert code == 1000
    kinds = [message["type"] for message in messages]
    assert kinds[0] == "SpeechStarted"
    assert messages[0]["channel"] == [0]
    assert kinds[-1] == "Metadata"
    assert final_text(messages) == _TEXT
    final = next(m for m in messages if m["type"] == "Results" and m["is_final"])
    assert set(final) == {
        "type", "channel_index", "duration", "start", "is_final", "speech_final", "channel", "metadata",
        "from_finalize",
    }  # fmt: skip
    assert final["channel_index"] == [0, 1]
    assert final["speech_final"] is True
    assert final["from_finalize"] is False
    metadata = final["metadata"]
    assert isinstance(metadata, dict)
    assert set(metadata) == {"request_id", "model_info", "model_uuid"}
    channel = final["channel"]
    assert isinstance(channel, dict)
    word = channel["alternatives"][0]["words"][-1]
    assert (word["word"], word["punctuated_word"]) == ("hours", "hours?")
    assert 0.8 < channel["alternatives"][0]["confidence"] < 1
    interims = [m for m in messages if m["type"] == "Results" and not m["is_final"]]
    assert len(interims) >= 3
    duration = messages[-1]["duration"]
    assert isinstance(duration, float)
    assert duration == pytest.approx(len(line([_TEXT, 1.0])) / 8000, abs=0.1)


async def test_without_punctuation_the_transcript_is_bare(url: str) -> None:
    async with listen(url, punctuate="false") as socket:
        await send_audio(socket, samples_to_ulaw(line([_TEXT, 1.0])))
        await socket.send(json.dumps({"type": "CloseStream"}))
        _, _, messages = await closed(socket)
    assert final_text(messages) == "what are your opening hours"
    assert "punctuated_word" not in json.dumps(messages)


async def test_nothing_optional_comes_unasked(url: str) -> None:
    async with listen(url) as socket:
        await send_audio(socket, samples_to_ulaw(line([_TEXT, 2.0])))
        await socket.send(json.dumps({"type": "CloseStream"}))
        _, _, messages = await closed(socket)
    assert {message["type"] for message in messages} == {"Results", "Metadata"}
    assert all(message.get("is_final", True) for message in messages)


async def test_finalize_is_answered_at_once_also_with_nothing_to_say(url: str) -> None:
    async with listen(url, endpointing="false") as socket:
        await send_audio(socket, samples_to_ulaw(line(["yes please", 0.2])))
        await socket.send(json.dumps({"type": "Finalize"}))
        first = (await until(socket, "Results"))[-1]
        await socket.send(json.dumps({"type": "Finalize"}))
        second = (await until(socket, "Results"))[-1]
    assert (transcript(first), transcript(second)) == ("yes please", "")
    assert first["from_finalize"] is second["from_finalize"] is True
    assert first["is_final"] is second["is_final"] is True


async def test_utterance_end_follows_the_last_word(url: str) -> None:
    async with listen(url, interim_results="true", utterance_end_ms=1000, endpointing=300) as socket:
        await send_audio(socket, samples_to_ulaw(line(["no thanks", 1.6])))
        messages = await until(socket, "UtteranceEnd")
    final = next(m for m in messages if m["type"] == "Results" and m["is_final"])
    channel = final["channel"]
    assert isinstance(channel, dict)
    assert messages[-1]["last_word_end"] == channel["alternatives"][0]["words"][-1]["end"]


async def test_an_empty_message_closes_the_stream(url: str) -> None:
    async with listen(url) as socket:
        await send_audio(socket, samples_to_ulaw(line(["goodbye", 0.1])))
        await socket.send(b"")
        code, _, messages = await closed(socket)
    assert code == 1000
    assert final_text(messages) == "goodbye"
    assert messages[-1]["type"] == "Metadata"


@pytest.mark.parametrize("encoding", ["linear16", "mulaw", "alaw"])
async def test_encodings_and_odd_message_sizes(url: str, encoding: str) -> None:
    async with listen(url, encoding=encoding, sample_rate=16000) as socket:
        samples = line([_TEXT, 0.5], rate=16000, codec=False)
        await send_audio(socket, ENCODERS[encoding](samples), size=777)
        await socket.send(json.dumps({"type": "CloseStream"}))
        _, _, messages = await closed(socket)
    assert final_text(messages) == _TEXT


async def test_two_channels_are_told_apart(url: str) -> None:
    left, right = line(["yes please", 2.0]), line([0.5, _TEXT, 2.0])
    length = min(left.size, right.size)
    both = np.stack((left[:length], right[:length]), axis=1).reshape(-1)
    async with listen(url, encoding="linear16", channels=2, multichannel="true", endpointing=300) as socket:
        await send_audio(socket, samples_to_linear16(both), size=3200)
        await socket.send(json.dumps({"type": "CloseStream"}))
        _, _, messages = await closed(socket)
    results = [m for m in messages if m["type"] == "Results"]
    assert final_text([m for m in results if m["channel_index"] == [0, 2]]) == "yes please"
    assert final_text([m for m in results if m["channel_index"] == [1, 2]]) == _TEXT


async def test_a_wav_stream_needs_no_encoding(url: str) -> None:
    samples = line([_TEXT, 0.5], rate=16000, codec=False)
    data = wav_header("linear16", 16000, samples.size * 2) + samples_to_linear16(samples)
    async with websockets.connect(
        socket_url(url, "/v1/listen", punctuate="true"), additional_headers=KEY
    ) as socket:
        await send_audio(socket, data, size=4000)
        await socket.send(json.dumps({"type": "CloseStream"}))
        _, _, messages = await closed(socket)
    assert final_text(messages) == _TEXT


async def test_what_is_no_audio_closes_with_data_0000(url: str) -> None:
    async with websockets.connect(socket_url(url, "/v1/listen"), additional_headers=KEY) as socket:
        await socket.send(b"certainly not a wave file")
        code, reason, _ = await closed(socket)
    assert code == 1008
    assert "DATA-0000" in reason


@pytest.mark.parametrize("text", ["{", "[]", "null", '"x"', "{}", '{"type": "Unheard"}', '{"type": 7}', "\x00"])
async def test_bad_control_messages_are_answered_and_change_nothing(url: str, text: str) -> None:
    async with listen(url) as socket:
        await socket.send(text)
        assert (await until(socket, "Error"))[-1]["description"]
        await send_audio(socket, samples_to_ulaw(line(["yes please", 0.5])))
        await socket.send(json.dumps({"type": "CloseStream"}))
        _, _, messages = await closed(socket)
    assert final_text(messages) == "yes please"


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ({"encoding": "opus-ish"}, "encoding"),
        ({"sample_rate": "fast"}, "sample_rate"),
        ({"sample_rate": "1"}, "sample_rate"),
        ({"channels": "0"}, "channels"),
        ({"endpointing": "soon"}, "endpointing"),
        ({"interim_results": "maybe"}, "interim_results"),
        ({"utterance_end_ms": "1000"}, "interim_results"),
    ],
)
async def test_bad_queries_are_refused_at_the_handshake(url: str, query: dict[str, str], word: str) -> None:
    with pytest.raises(websockets.InvalidStatus) as caught:
        async with listen(url, **query):
            pass
    response = caught.value.response
    assert response.status_code == 400
    assert word in response.headers["dg-error"]
    body = json.loads(response.body)
    assert body["err_code"] == "Bad Request"
    assert word in body["err_msg"]
    assert body["request_id"] == response.headers["dg-request-id"]


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Token bad-key"}, {"Authorization": "Basic dGVzdA=="}])
async def test_bad_keys_are_401(url: str, headers: dict[str, str]) -> None:
    with pytest.raises(websockets.InvalidStatus) as caught:
        await websockets.connect(socket_url(url, "/v1/listen"), additional_headers=headers)
    assert caught.value.response.status_code == 401
    assert json.loads(caught.value.response.body)["err_code"] == "INVALID_AUTH"


async def test_a_key_may_come_as_bearer_or_subprotocol(url: str) -> None:
    address = socket_url(url, "/v1/listen", encoding="mulaw", sample_rate=8000)
    async with websockets.connect(address, additional_headers={"Authorization": "Bearer good"}):
        pass
    protocols = [websockets.Subprotocol("token"), websockets.Subprotocol("good")]
    async with websockets.connect(address, subprotocols=protocols) as socket:
        assert socket.subprotocol == "token"


async def test_an_idle_stream_is_closed_with_net_0001_unless_kept_alive() -> None:
    app = create_app(DeepgramOptions(idle_seconds=0.3))
    async with serve_app(app) as base, listen(base) as kept, listen(base) as idle:
        begun = asyncio.get_running_loop().time()

        async def keep() -> None:
            while True:
                await kept.send(json.dumps({"type": "KeepAlive"}))
                await asyncio.sleep(0.05)

        keeping = asyncio.create_task(keep())
        code, reason, _ = await closed(idle)
        assert (code, reason) == (1011, IDLE_REASON)
        assert 0.25 < asyncio.get_running_loop().time() - begun < 1.0
        keeping.cancel()
        assert (await closed(kept))[0] == 1011
        assert asyncio.get_running_loop().time() - begun > 0.5
        assert app.state.service.counters.idle_closes == 2


async def test_latency_counts_from_finalize() -> None:
    options = DeepgramOptions(stt_final_seconds=0.25, phrases=("yes please",))
    async with serve_app(create_app(options)) as base, listen(base) as socket:
        await send_audio(socket, samples_to_ulaw(line(["yes please", 0.1])))
        begun = asyncio.get_running_loop().time()
        await socket.send(json.dumps({"type": "Finalize"}))
        (message,) = await until(socket, "Results")
        assert transcript(message) == "yes please"
        assert 0.24 < asyncio.get_running_loop().time() - begun < 0.6


async def test_utterances_are_registered_over_http_and_unknown_speech_is_counted(url: str) -> None:
    text = "a sentence nobody registered before"

    async def hear() -> str:
        async with listen(url) as socket:
            await send_audio(socket, samples_to_ulaw(line([text, 0.5])))
            await socket.send(json.dumps({"type": "CloseStream"}))
            return final_text((await closed(socket))[2])

    async with httpx.AsyncClient(base_url=url) as client:
        assert await hear() == ""
        assert (await client.get("/simulator/state")).json()["unknown_utterances"] == 1
        answer = await client.post("/simulator/utterances", json={"texts": [text], "voices": ["en-us", "en-gb"]})
        assert answer.json() == {"known_utterances": len(PHRASES) + 2}
        assert await hear() == text
        for body in ({"texts": "no list"}, {"texts": ["x"], "voices": ["no-voice"]}, {"texts": ["x" * 3000]}):
            assert (await client.post("/simulator/utterances", json=body)).status_code == 422
        assert await hear() == text


@given(st.binary(max_size=200))
def test_any_header_is_read_or_refused(data: bytes) -> None:
    for prefix in (b"", b"RIFF\0\0\0\0WAVE", b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0"):
        try:
            encoding, rate, channels, audio = read_wav_header(prefix + data)
        except UndecodableAudioError:
            continue
        assert encoding in ("linear16", "mulaw", "alaw")
        assert 8000 <= rate <= 48000
        assert 1 <= channels <= 8
        assert (prefix + data).endswith(audio)
