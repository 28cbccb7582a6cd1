"""The speak WebSocket as a raw client sees it."""

import asyncio
import json

import pytest
import websockets
from hypothesis import given
from hypothesis import strategies as st
from websockets.asyncio.client import ClientConnection

from simulator.audio import ulaw_to_samples
from simulator.deepgram.app import create_app
from simulator.deepgram.options import DEFAULT_VOICES, DeepgramOptions
from simulator.deepgram.query import DECODERS
from simulator.deepgram.speech import split_ready
from simulator.hosting import serve_app
from simulator.voice import synthesize
from tests.simulator.deepgram.clients import audio_until, audio_until_closed, closed, loudness, speak, until


async def _say(socket: ClientConnection, text: str) -> None:
    await socket.send(json.dumps({"type": "Speak", "text": text}))


async def _control(socket: ClientConnection, kind: str) -> None:
    await socket.send(json.dumps({"type": kind}))


@pytest.mark.parametrize(("encoding", "rate"), [("mulaw", 8000), ("alaw", 8000), ("linear16", 16000)])
async def test_flush_gives_all_audio_and_then_flushed(url: str, encoding: str, rate: int) -> None:
    text = "Good morning, how can I help you?"
    async with speak(url, encoding=encoding, sample_rate=rate) as socket:
        await _say(socket, text)
        await _control(socket, "Flush")
        audio, flushed = await audio_until(socket, "Flushed")
    assert flushed == {"type": "Flushed", "sequence_id": 0}
    voice = DEFAULT_VOICES["aura-2-thalia-en"]
    expected = synthesize(text, voice=voice, sample_rate=rate, words_per_minute=175).samples
    samples = DECODERS[encoding](audio)
    assert samples.size == expected.size
    assert loudness(samples) == pytest.approx(loudness(expected), rel=0.05)


async def test_chunks_are_small_and_in_order(url: str) -> None:
    async with speak(url, encoding="linear16", sample_rate=24000) as socket:
        await _say(socket, "One. ")
        await _control(socket, "Flush")
        await _say(socket, "Two, and this is a considerably longer sentence.")
        await _control(socket, "Flush")
        sizes: list[int] = []
        marks: list[int] = []
        while len(marks) < 2:
            data = await asyncio.wait_for(socket.recv(), 5)
            if isinstance(data, bytes):
                sizes.append(len(data))
            else:
                marks.append(json.loads(data)["sequence_id"])
    assert marks == [0, 1]
    assert max(sizes) <= 8192
    assert all(size % 2 == 0 for size in sizes)


async def test_an_empty_flush_is_confirmed(url: str) -> None:
    async with speak(url) as socket:
        await _control(socket, "Flush")
        assert (await audio_until(socket, "Flushed"))[0] == b""
        await _say(socket, " ... ")
        await _control(socket, "Flush")
        assert await audio_until(socket, "Flushed") == (b"", {"type": "Flushed", "sequence_id": 1})


async def test_whole_sentences_are_spoken_without_a_flush(url: str) -> None:
    async with speak(url) as socket:
        await _say(socket, "This sentence is here to be long enough for the synthesiser. ")
        await _say(socket, "Together with this one it can start without being told. And ")
        assert isinstance(await asyncio.wait_for(socket.recv(), 5), bytes)
        await _control(socket, "Close")
        assert len(await audio_until_closed(socket)) > 20000


async def test_clear_drops_the_rest_and_what_follows_is_whole() -> None:
    options = DeepgramOptions(tts_first_byte_seconds=0.01, tts_realtime_factor=1.0)
    async with serve_app(create_app(options)) as base, speak(base) as socket:
        await _say(socket, "This is a very long answer, which goes on, and on, and on, until it is cleared.")
        await _control(socket, "Flush")
        first = await asyncio.wait_for(socket.recv(), 5)
        assert isinstance(first, bytes)
        await _control(socket, "Clear")
        rest, cleared = await audio_until(socket, "Cleared", timeout=1.0)
        assert cleared["sequence_id"] == 1
        assert len(first) + len(rest) < 8000
        await _say(socket, "Okay.")
        await _control(socket, "Flush")
        audio, flushed = await audio_until(socket, "Flushed")
        assert flushed["sequence_id"] == 2
        expected = synthesize("Okay.", voice=DEFAULT_VOICES["aura-2-thalia-en"], words_per_minute=175)
        assert ulaw_to_samples(audio).size == expected.samples.size


async def test_pace_and_first_byte_are_those_configured() -> None:
    options = DeepgramOptions(tts_first_byte_seconds=0.2, tts_realtime_factor=4.0)
    loop = asyncio.get_running_loop()
    async with serve_app(create_app(options)) as base, speak(base) as socket:
        await _say(socket, "This answer takes between two and three seconds to say.")
        await _control(socket, "Flush")
        begun = loop.time()
        first = await asyncio.wait_for(socket.recv(), 5)
        assert 0.19 < loop.time() - begun < 0.5
        audio, _ = await audio_until(socket, "Flushed")
        seconds = (len(first) + len(audio)) / 8000
        assert loop.time() - begun > 0.2 + (seconds - 0.4) / 4 - 0.02
        assert loop.time() - begun < 0.2 + seconds / 4 + 0.4


async def test_the_twenty_first_flush_of_a_minute_is_ignored(url: str) -> None:
    async with speak(url) as socket:
        for _ in range(21):
            await _control(socket, "Flush")
        warning = (await until(socket, "Warning"))[-1]
        assert warning["code"] == "EXCESSIVE_FLUSH"
        await _say(socket, "still there")
        await _control(socket, "Flush")
        await until(socket, "Warning")
        await _control(socket, "Close")
        # The text was kept; Close speaks it.
        audio = await audio_until_closed(socket)
        assert socket.close_code == 1000
        assert len(audio) > 4000


async def test_flushes_are_allowed_again_after_the_window() -> None:
    options = DeepgramOptions(max_flushes=1, flush_window_seconds=0.2)
    async with serve_app(create_app(options)) as base, speak(base) as socket:
        await _control(socket, "Flush")
        await until(socket, "Flushed")
        await _control(socket, "Flush")
        await until(socket, "Warning")
        await asyncio.sleep(0.2)
        await _control(socket, "Flush")
        assert (await until(socket, "Flushed"))[-1]["sequence_id"] == 1


async def test_a_text_over_2000_characters_is_refused(url: str) -> None:
    async with speak(url) as socket:
        await _say(socket, "x" * 2001)
        assert (await until(socket, "Warning"))[-1]["code"] == "TEXT_LENGTH_EXCEEDED"
        await _say(socket, "fine")
        await _control(socket, "Flush")
        audio, _ = await audio_until(socket, "Flushed")
        assert 2000 < len(audio) < 12000


@pytest.mark.parametrize("text", ["{", "[]", "null", '{"type": "Speak"}', '{"type": "Speak", "text": 7}', "{}"])
async def test_messages_that_cannot_be_parsed_close_the_stream(url: str, text: str) -> None:
    async with speak(url) as socket:
        await socket.send(text)
        code, reason, _ = await closed(socket)
    assert code == 1008
    assert "DATA-0000" in reason


async def test_binary_messages_close_the_stream(url: str) -> None:
    async with speak(url) as socket:
        await socket.send(b"\x00\x01")
        assert (await closed(socket))[0] == 1003


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ({"model": "aura-9-nobody-xx"}, "model"),
        ({"encoding": "mp3"}, "encoding"),
        ({"sample_rate": "44100"}, "sample_rate"),
        ({"encoding": "mulaw", "sample_rate": "24000"}, "sample_rate"),
        ({"container": "ogg"}, "container"),
    ],
)
async def test_bad_queries_are_refused_at_the_handshake(url: str, query: dict[str, str], word: str) -> None:
    with pytest.raises(websockets.InvalidStatus) as caught:
        async with speak(url, **query):
            pass
    assert caught.value.response.status_code == 400
    assert word in caught.value.response.headers["dg-error"]


async def test_models_have_voices_of_their_own(url: str) -> None:
    spoken = set()
    for model in ("aura-2-thalia-en", "aura-2-apollo-en", "aura-2-draco-en"):
        async with speak(url, model=model) as socket:
            await _say(socket, "hello there")
            await _control(socket, "Flush")
            spoken.add((await audio_until(socket, "Flushed"))[0])
    assert len(spoken) == 3


@given(st.lists(st.text(alphabet="ab .!?\"')", max_size=12), max_size=20), st.integers(1, 30))
def test_splitting_loses_and_invents_nothing(pieces: list[str], least: int) -> None:
    buffer = spoken = ""
    for piece in pieces:
        ready, buffer = split_ready(buffer + piece, least)
        assert ready == "" or len(ready) >= least
        spoken += ready
    assert spoken + buffer == "".join(pieces)
