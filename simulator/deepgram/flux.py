"""One Flux stream: the WebSocket `/v2/listen`.

Source: Deepgram's Flux reference and the message models of deepgram-sdk 7.17. Unlike `/v1/listen` it knows
neither KeepAlive nor Finalize; a message that is not one of its own is a fatal `Error`. What is chosen here: the
code of the close after a fatal error (1008), and a close after CloseStream with 1000, where the vendor sends none.
"""

import uuid
from dataclasses import replace

import orjson
from starlette.websockets import WebSocket

from simulator.deepgram.audio_input import AudioInput, UndecodableAudioError
from simulator.deepgram.audio_stream import UNDECODABLE_REASON, AudioStreamSession
from simulator.deepgram.flux_query import FluxQuery
from simulator.deepgram.flux_turns import FluxTurns, TurnEvent, TurnEventKind
from simulator.deepgram.outbox import close_quietly
from simulator.deepgram.service import DeepgramService
from simulator.faults import FaultPlan

Json = dict[str, object]


class FluxSession(AudioStreamSession):
    """Serves one accepted connection until it ends."""

    def __init__(
        self, service: DeepgramService, websocket: WebSocket, query: FluxQuery, faults: FaultPlan
    ) -> None:
        super().__init__(service, websocket, faults, name="flux")
        self._query = query
        self._input = AudioInput(query)
        self._turns: FluxTurns | None = None
        self._thresholds = query.thresholds
        self._keyterms: list[str] = []
        self._request_id = str(uuid.uuid4())
        self._sequence_id = 0

    async def run(self) -> None:
        """Greet with `Connected`, then serve."""
        await self._put({"type": "Connected"})
        await super().run()

    async def take_audio(self, data: bytes) -> bool:
        """Go on with the turn."""
        try:
            if self._turns is None:
                data = self._input.open(data)
                options = self._service.options
                self._turns = FluxTurns(
                    self._service.book,
                    self._input.sample_rate,
                    self._thresholds,
                    interim_secs=options.stt_interim_every,
                )
            (samples,) = self._input.decode(data)
        except UndecodableAudioError:
            await close_quietly(self._websocket, 1008, UNDECODABLE_REASON)
            return False
        self._service.counters.audio_seconds_heard += len(samples) / self._input.sample_rate
        await self._publish(self._turns.push(samples))
        return True

    async def take_text(self, text: str) -> bool:
        """CloseStream, ForceEndTurn and Configure; anything else ends the stream."""
        try:
            message = orjson.loads(text)
        except orjson.JSONDecodeError:
            message = None
        kind = message.get("type") if isinstance(message, dict) else None
        if kind == "Configure":
            await self._configure(message)
        elif kind == "ForceEndTurn":
            await self._publish(self._turns.force_end() if self._turns is not None else [])
        elif kind == "CloseStream":
            await self._publish(self._turns.finish() if self._turns is not None else [])
            await self.send_the_rest_and_close()
            return False
        else:
            description = "The message is not one that a client may send."
            await self._put({"type": "Error", "code": "UNPARSABLE_CLIENT_MESSAGE", "description": description})
            await self.send_the_rest_and_close(1008, "UNPARSABLE_CLIENT_MESSAGE")
            return False
        return True

    async def _configure(self, message: Json) -> None:
        given = message.get("thresholds")
        try:
            changed = {_FIELDS[name]: value for name, value in given.items()} if isinstance(given, dict) else {}
            wanted = replace(self._thresholds, **changed)
            problem = wanted.problem()
        except (KeyError, TypeError):
            problem = "thresholds are not understood."
        if problem is not None:
            await self._put({"type": "ConfigureFailure", "code": "INVALID_THRESHOLD", "description": problem})
            return
        self._thresholds = wanted
        if self._turns is not None:
            self._turns.thresholds = wanted
        keyterms = message.get("keyterms")
        if isinstance(keyterms, list):
            self._keyterms = [str(term) for term in keyterms]
        thresholds = {name: getattr(wanted, field) for name, field in _FIELDS.items()}
        await self._put({"type": "ConfigureSuccess", "thresholds": thresholds, "keyterms": self._keyterms})

    async def _publish(self, events: list[TurnEvent]) -> None:
        options, counters = self._service.options, self._service.counters
        for event in events:
            delay = self._service.jitter.vary(options.stt_interim_seconds)
            if event.kind is TurnEventKind.END_OF_TURN:
                if self._faults.drop_finals:
                    continue
                counters.finals += 1
                delay += self._faults.extra_first_byte_seconds
            elif event.words:
                counters.interims += 1
            await self._put(_turn_info(event), delay=delay)

    async def _put(self, message: Json, *, delay: float = 0.0) -> None:
        stamped = {**message, "request_id": self._request_id, "sequence_id": self._sequence_id}
        self._sequence_id += 1
        await self._outbox.put(stamped, delay=delay)


_FIELDS = {"eot_threshold": "eot", "eager_eot_threshold": "eager", "eot_timeout_ms": "timeout_ms"}


def _turn_info(event: TurnEvent) -> Json:
    message: Json = {
        "type": "TurnInfo",
        "event": event.kind.value,
        "turn_index": event.turn_index,
        "audio_window_start": event.window_start_secs,
        "audio_window_end": event.window_end_secs,
        "transcript": event.transcript,
        "words": [
            {"word": word.text, "confidence": word.confidence, "start": word.start_secs, "end": word.end_secs}
            for word in event.words
        ],
        "end_of_turn_confidence": event.confidence,
    }
    if event.trigger is not None:
        message["trigger"] = event.trigger.value
    return message
