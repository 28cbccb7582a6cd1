"""Deepgram's REST endpoints: speak, prerecorded listen, the key check, models."""

import asyncio
import uuid

import orjson
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from simulator.deepgram.audio_input import AudioInput, UndecodableAudioError
from simulator.deepgram.listen_results import alternative, request_metadata
from simulator.deepgram.query import ListenQuery, SpeakQuery, parse_listen, parse_speak
from simulator.deepgram.refusal import RefusedError, bad_request, check_key
from simulator.deepgram.service import DeepgramService
from simulator.deepgram.speech import encode_speech
from simulator.deepgram.transcriber import HeardWord, Transcriber, Transcript
from simulator.deepgram.wav import wav_header
from simulator.faults import FaultPlan

_MAX_BODY_BYTES = 64 * 1024 * 1024
_PUSH_SAMPLES = 16000
_CONTENT_TYPES = {"linear16": "audio/l16", "mulaw": "audio/mulaw", "alaw": "audio/alaw"}


class RestEndpoints:
    """The HTTP handlers; each checks the key and the fault plan of its connection first."""

    def __init__(self, service: DeepgramService) -> None:
        self._service = service

    async def speak(self, request: Request) -> Response:
        """`POST /v1/speak`: JSON `{"text"}` or plain text to audio."""
        faults = self._admit(request)
        query = parse_speak(request.query_params, self._service.options)
        text = await _read_text(request)
        limit = self._service.options.max_text_characters
        if not text.strip():
            raise bad_request("No text was given.")
        if len(text) > limit:
            raise RefusedError(413, "Payload Too Large", f"Input text exceeds {limit} characters.")
        audio = await self._spoken(text, query, faults)
        request_id = str(uuid.uuid4())
        headers = {
            "dg-request-id": request_id,
            "dg-model-name": query.model,
            "dg-model-uuid": str(uuid.uuid5(uuid.NAMESPACE_DNS, query.model)),
            "dg-char-count": str(len(text)),
        }
        if query.container == "wav":
            audio = wav_header(query.encoding, query.sample_rate, len(audio)) + audio
            return Response(audio, media_type="audio/wav", headers=headers)
        content_type = f"{_CONTENT_TYPES[query.encoding]};rate={query.sample_rate}"
        return Response(audio, headers={**headers, "content-type": content_type})

    async def listen(self, request: Request) -> Response:
        """`POST /v1/listen`: a recording (WAV, or raw with `encoding`) to a transcript."""
        self._admit(request)
        query = parse_listen(request.query_params, self._service.options)
        if request.headers.get("content-type", "").startswith("application/json"):
            raise bad_request("This stand-in fetches no URLs: send the audio itself.")
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > _MAX_BODY_BYTES:
                raise RefusedError(413, "Payload Too Large", "The file is too large.")
        try:
            channels, duration = await asyncio.to_thread(self._transcribe, bytes(body), query)
        except UndecodableAudioError as error:
            raise bad_request("Bad Request: failed to process audio: corrupt or unsupported data") from error
        await asyncio.sleep(self._service.jitter.vary(self._service.options.stt_final_seconds))
        return JSONResponse(
            {
                "metadata": request_metadata(str(uuid.uuid4()), query.model, duration, len(channels)),
                "results": {
                    "channels": [
                        {"alternatives": [alternative(words, punctuate=query.punctuate)]} for words in channels
                    ]
                },
            }
        )

    async def projects(self, request: Request) -> Response:
        """`GET /v1/projects`: what a client calls to see whether its key is good."""
        self._admit(request)
        project_id = str(uuid.uuid5(uuid.NAMESPACE_DNS, "simulated-project"))
        return JSONResponse({"projects": [{"project_id": project_id, "name": "Simulated project"}]})

    async def models(self, request: Request) -> Response:
        """`GET /v1/models`: public, as the vendor's."""
        stt = [_model(name, "en", streaming=True, batch=True) for name in ("nova-3", "nova-2", "nova-2-phonecall")]
        tts = [_model(name, "en") for name in self._service.options.voices]
        return JSONResponse({"stt": stt, "tts": tts})

    def _admit(self, request: Request) -> FaultPlan:
        check_key(request.headers.get("authorization"), [], self._service.options)
        faults = self._service.faults.next_plan("rest")
        if faults.refuse_status is not None:
            raise RefusedError(faults.refuse_status, "SIMULATED_FAULT", "Refused by a simulated fault.")
        return faults

    async def _spoken(self, text: str, query: SpeakQuery, faults: FaultPlan) -> bytes:
        options = self._service.options
        self._service.counters.characters_spoken += len(text)
        delay = self._service.jitter.vary(options.tts_first_byte_seconds) + faults.extra_first_byte_seconds
        audio, _ = await asyncio.gather(
            asyncio.to_thread(
                encode_speech, text, query.voice, query.encoding, query.sample_rate, options.words_per_minute
            ),
            asyncio.sleep(delay),
        )
        return audio

    def _transcribe(self, body: bytes, query: ListenQuery) -> tuple[list[list[HeardWord]], float]:
        """Words per channel and the recording's length in seconds; blocks."""
        audio = AudioInput(query)
        channels = audio.decode(audio.open(body))
        words: list[list[HeardWord]] = []
        for samples in channels:
            transcriber = Transcriber(self._service.book, audio.sample_rate, query.results)
            events = []
            for at in range(0, len(samples), _PUSH_SAMPLES):
                events.extend(transcriber.push(samples[at : at + _PUSH_SAMPLES]))
            events.extend(transcriber.finish())
            finals = [event for event in events if isinstance(event, Transcript) and event.is_final]
            words.append([word for final in finals for word in final.words])
        return words, len(channels[0]) / audio.sample_rate


async def _read_text(request: Request) -> str:
    body = await request.body()
    if request.headers.get("content-type", "").startswith("text/plain"):
        return body.decode("utf-8", "replace")
    try:
        message = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise bad_request("The body is not JSON.") from error
    text = message.get("text") if isinstance(message, dict) else None
    if not isinstance(text, str):
        raise bad_request("The body needs a text.")
    return text


def _model(name: str, language: str, **flags: bool) -> dict[str, object]:
    return {
        "name": name,
        "canonical_name": name,
        "architecture": "-".join(name.split("-")[:2]),
        "languages": [language],
        "version": "2025-01-01.simulated",
        "uuid": str(uuid.uuid5(uuid.NAMESPACE_DNS, name)),
        **flags,
    }
