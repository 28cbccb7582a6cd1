"""One live transcription stream: the WebSocket `/v1/listen`.

Source: Deepgram's live audio API reference and the message models of deepgram-sdk 7.17. What is chosen here: an
endpointing shorter than 160 ms counts as 160 ms (shorter silences are consonants), and a text message that is not
understood is answered with `Error` and otherwise ignored.
"""

import uuid

import orjson
from starlette.websockets import WebSocket

from simulator.deepgram.audio_input import AudioInput, UndecodableAudioError
from simulator.deepgram.audio_stream import UNDECODABLE_REASON, AudioStreamSession
from simulator.deepgram.listen_results import ResultWriter
from simulator.deepgram.outbox import close_quietly
from simulator.deepgram.query import ListenQuery
from simulator.deepgram.service import DeepgramService
from simulator.deepgram.transcriber import Event, SpeechStarted, Transcriber, Transcript
from simulator.faults import FaultPlan


class ListenSession(AudioStreamSession):
    """Serves one accepted connection until it ends."""

    def __init__(
        self, service: DeepgramService, websocket: WebSocket, query: ListenQuery, faults: FaultPlan
    ) -> None:
        super().__init__(service, websocket, faults, name="listen")
        self._query = query
        self._writer = ResultWriter(query, str(uuid.uuid4()))
        self._input = AudioInput(query)
        self._transcribers: list[Transcriber] = []

    async def take_audio(self, data: bytes) -> bool:
        """Transcribe; an empty message ends the stream."""
        if not data:
            await self._end()
            return False
        try:
            if not self._transcribers:
                data = self._input.open(data)
                self._open_transcribers()
            channels = self._input.decode(data)
        except UndecodableAudioError:
            await close_quietly(self._websocket, 1008, UNDECODABLE_REASON)
            return False
        self._service.counters.audio_seconds_heard += len(channels[0]) / self._input.sample_rate
        for channel, samples in enumerate(channels):
            # Well under a millisecond for 100 ms of audio; a thread hop would cost as much.
            await self._publish(self._transcribers[channel].push(samples), channel)
        return True

    async def take_text(self, text: str) -> bool:
        """Do as told."""
        try:
            message = orjson.loads(text)
            kind = message.get("type") if isinstance(message, dict) else None
        except orjson.JSONDecodeError:
            kind = None
        if kind == "KeepAlive":
            self.heard()
        elif kind == "Finalize":
            self._open_transcribers()
            for channel, transcriber in enumerate(self._transcribers):
                await self._publish(transcriber.finalize(), channel)
        elif kind == "CloseStream":
            await self._end()
            return False
        else:
            await self._outbox.put(
                {
                    "type": "Error",
                    "variant": "UNPARSABLE_CLIENT_MESSAGE",
                    "description": "The message is not one that a client may send.",
                    "message": "Could not deserialize last text message.",
                }
            )
        return True

    def _open_transcribers(self) -> None:
        if not self._transcribers:
            count = self._query.channels if self._query.multichannel else 1
            self._transcribers = [
                Transcriber(self._service.book, self._input.sample_rate, self._query.results) for _ in range(count)
            ]

    async def _publish(self, events: list[Event], channel: int) -> None:
        options, counters, vary = self._service.options, self._service.counters, self._service.jitter.vary
        for event in events:
            if isinstance(event, SpeechStarted):
                if self._query.vad_events:
                    await self._outbox.put(
                        self._writer.speech_started(event, channel), delay=vary(options.stt_interim_seconds)
                    )
            elif not isinstance(event, Transcript):
                await self._outbox.put(self._writer.utterance_end(event, channel))
            elif not event.is_final:
                counters.interims += 1
                await self._outbox.put(
                    self._writer.results(event, channel), delay=vary(options.stt_interim_seconds)
                )
            else:
                counters.finals += 1
                counters.unknown_utterances += event.unknown
                await self._put_final(event, channel)

    async def _put_final(self, event: Transcript, channel: int) -> None:
        if self._faults.drop_finals:
            return
        # From the end of speech; the audio came in real time, so its silence is time that has passed already.
        passed = 0.0 if event.from_finalize else event.silence_secs
        delay = self._service.jitter.vary(self._service.options.stt_final_seconds) - passed
        delay = max(delay, 0.0) + self._faults.extra_first_byte_seconds
        await self._outbox.put(self._writer.results(event, channel), delay=delay)

    async def _end(self) -> None:
        """CloseStream: what is left becomes final, then Metadata, then the stream is closed."""
        for channel, transcriber in enumerate(self._transcribers):
            await self._publish(transcriber.finish(), channel)
        position = max((transcriber.position_secs for transcriber in self._transcribers), default=0.0)
        await self._outbox.put(self._writer.metadata(position))
        await self.send_the_rest_and_close()
