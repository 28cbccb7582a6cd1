"""The official deepgram-sdk works against the simulator as against the vendor."""

import asyncio

import pytest
from deepgram.core.api_error import ApiError
from deepgram.listen.v1.types import ListenV1Metadata, ListenV1Results, ListenV1SpeechStarted
from deepgram.speak.v1.types import SpeakV1Cleared, SpeakV1Flushed, SpeakV1Metadata, SpeakV1Text

from simulator.audio import linear16_to_samples, samples_to_linear16, samples_to_ulaw, ulaw_to_samples
from simulator.deepgram.options import DEFAULT_VOICES
from simulator.deepgram.wav import wav_header
from simulator.voice import synthesize
from tests.simulator.deepgram.clients import sdk_client
from tests.simulator.deepgram.streams import line

_TEXT = "I would like to book an appointment for Monday"


async def test_live_transcription_with_interims(url: str) -> None:
    received: list[object] = []
    audio = samples_to_ulaw(line([_TEXT, 0.6]))
    async with sdk_client(url).listen.v1.connect(
        model="nova-3",
        encoding="mulaw",
        sample_rate=8000,
        interim_results=True,
        punctuate=True,
        vad_events=True,
        endpointing=300,
    ) as connection:
        await connection.send_keep_alive()
        for at in range(0, len(audio), 800):
            await connection.send_media(audio[at : at + 800])
        await connection.send_finalize()
        await connection.send_close_stream()
        async with asyncio.timeout(10):
            async for message in connection:
                received.append(message)
    assert isinstance(received[0], ListenV1SpeechStarted)
    assert isinstance(received[-1], ListenV1Metadata)
    assert received[-1].duration > 2
    results = [message for message in received if isinstance(message, ListenV1Results)]
    interims = [r.channel.alternatives[0].transcript for r in results if not r.is_final]
    finals = [r for r in results if r.is_final and r.channel.alternatives[0].transcript]
    assert len(interims) >= 3
    assert all(_TEXT.startswith(text) for text in interims)
    assert [r.channel.alternatives[0].transcript for r in finals] == [_TEXT]
    assert finals[0].speech_final
    assert [word.word for word in finals[0].channel.alternatives[0].words] == _TEXT.lower().split()
    assert finals[0].metadata.model_info.name == "nova-3"
    assert results[-1].from_finalize


async def test_wrong_keys_are_401_for_the_sdk_too(url: str) -> None:
    with pytest.raises(ApiError) as caught:
        async with sdk_client(url, "bad-key").listen.v1.connect(
            model="nova-3", encoding="mulaw", sample_rate=8000
        ):
            pass
    assert caught.value.status_code == 401
    with pytest.raises(ApiError) as caught:
        await sdk_client(url, "bad-key").manage.v1.projects.list()
    assert caught.value.status_code == 401


async def test_the_key_check_and_the_models(url: str) -> None:
    projects = await sdk_client(url).manage.v1.projects.list()
    assert projects.projects
    assert projects.projects[0].project_id
    models = await sdk_client(url).manage.v1.models.list()
    assert models.stt
    assert models.tts
    assert "aura-2-thalia-en" in {model.canonical_name for model in models.tts}


async def test_streaming_speech(url: str) -> None:
    audio = bytearray()
    marks: list[object] = []
    async with sdk_client(url).speak.v1.connect(
        model="aura-2-thalia-en", encoding="mulaw", sample_rate="8000"
    ) as connection:
        await connection.send_text(SpeakV1Text(text="Hello, how are you?"))
        await connection.send_flush()
        async with asyncio.timeout(10):
            async for message in connection:
                if isinstance(message, bytes):
                    audio += message
                else:
                    marks.append(message)
                if isinstance(message, SpeakV1Flushed) and message.type == "Flushed":
                    break
            await connection.send_clear()
            cleared = await connection.recv()
        await connection.send_close()
    assert isinstance(marks[0], SpeakV1Metadata)
    assert marks[0].model_name == "aura-2-thalia-en"
    assert isinstance(cleared, SpeakV1Flushed | SpeakV1Cleared)
    assert cleared.type == "Cleared"
    expected = synthesize("Hello, how are you?", voice=DEFAULT_VOICES["aura-2-thalia-en"], words_per_minute=175)
    assert ulaw_to_samples(bytes(audio)).size == expected.samples.size


async def test_speech_over_rest(url: str) -> None:
    chunks = [
        chunk
        async for chunk in sdk_client(url).speak.v1.audio.generate(
            text="Hello again.", model="aura-2-apollo-en", encoding="linear16", sample_rate=16000, container="none"
        )
    ]
    samples = linear16_to_samples(b"".join(chunks))
    assert samples.size == synthesize("Hello again.", sample_rate=16000, words_per_minute=175).samples.size


async def test_speech_over_rest_is_limited(url: str) -> None:
    with pytest.raises(ApiError) as caught:
        async for _ in sdk_client(url).speak.v1.audio.generate(text="x" * 2001, model="aura-2-apollo-en"):
            pass
    assert caught.value.status_code == 413


async def test_a_recording(url: str) -> None:
    samples = line([_TEXT, 0.8, "What are your prices?", 0.5], rate=16000)
    wav = wav_header("linear16", 16000, samples.size * 2) + samples_to_linear16(samples)
    answer = await sdk_client(url).listen.v1.media.transcribe_file(request=wav, model="nova-3", smart_format=True)
    channels = getattr(answer, "results").channels  # noqa: B009 - the SDK types the answer as a union
    alternative = channels[0].alternatives[0]
    assert alternative.transcript == f"{_TEXT} What are your prices?"
    assert [word.punctuated_word for word in alternative.words][-1] == "prices?"
    assert getattr(answer, "metadata").duration == pytest.approx(samples.size / 16000, abs=0.01)  # noqa: B009


async def test_a_recording_that_is_none(url: str) -> None:
    with pytest.raises(ApiError) as caught:
        await sdk_client(url).listen.v1.media.transcribe_file(request=b"not audio at all", model="nova-3")
    assert caught.value.status_code == 400
