"""Deepgram's messages for a live stream, made from transcript events."""

import hashlib
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime

from simulator.deepgram.query import ListenQuery
from simulator.deepgram.transcriber import HeardWord, SpeechStarted, Transcript, UtteranceEnded

Json = dict[str, object]

_PUNCTUATION = '.,!?;:"()'


class ResultWriter:
    """Writes the messages of one stream.

    Args:
        query: As asked for.
        request_id: Id of the stream, a UUID.
    """

    def __init__(self, query: ListenQuery, request_id: str) -> None:
        self._query = query
        self._request_id = request_id
        self._model_uuid = str(uuid.uuid5(uuid.NAMESPACE_DNS, query.model))

    def results(self, transcript: Transcript, channel: int) -> Json:
        """A `Results` message."""
        count = self._query.channels if self._query.multichannel else 1
        return {
            "type": "Results",
            "channel_index": [channel, count],
            "duration": transcript.duration_secs,
            "start": transcript.start_secs,
            "is_final": transcript.is_final,
            "speech_final": transcript.speech_final,
            "channel": {"alternatives": [alternative(transcript.words, punctuate=self._query.punctuate)]},
            "metadata": {
                "request_id": self._request_id,
                "model_info": model_info(self._query.model),
                "model_uuid": self._model_uuid,
            },
            "from_finalize": transcript.from_finalize,
        }

    def speech_started(self, event: SpeechStarted, channel: int) -> Json:
        """A `SpeechStarted` message."""
        return {"type": "SpeechStarted", "channel": [channel], "timestamp": round(event.at_secs, 3)}

    def utterance_end(self, event: UtteranceEnded, channel: int) -> Json:
        """An `UtteranceEnd` message."""
        return {"type": "UtteranceEnd", "channel": [channel], "last_word_end": event.last_word_end_secs}

    def metadata(self, duration_secs: float) -> Json:
        """The `Metadata` message at a stream's end."""
        return {
            "type": "Metadata",
            **request_metadata(self._request_id, self._query.model, duration_secs, self._query.channels),
        }


def alternative(words: Sequence[HeardWord], *, punctuate: bool) -> Json:
    """One entry of `alternatives`: with `punctuate`, as written; without, lower case and bare."""
    entries: list[Json] = []
    for word in words:
        entry: Json = {
            "word": _bare(word.text),
            "start": word.start_secs,
            "end": word.end_secs,
            "confidence": word.confidence,
        }
        if punctuate:
            entry["punctuated_word"] = word.text
        entries.append(entry)
    confidence = sum(word.confidence for word in words) / len(words) if words else 0.0
    transcript = " ".join(word.text if punctuate else _bare(word.text) for word in words)
    return {"transcript": transcript, "confidence": round(confidence, 6), "words": entries}


def model_info(model: str) -> Json:
    """Name, version and architecture of a speech model."""
    return {"name": model, "version": "2025-01-01.simulated", "arch": "-".join(model.split("-")[:2])}


def request_metadata(request_id: str, model: str, duration_secs: float, channels: int) -> Json:
    """What both kinds of transcription report about themselves."""
    model_uuid = str(uuid.uuid5(uuid.NAMESPACE_DNS, model))
    return {
        "transaction_key": "deprecated",
        "request_id": request_id,
        "sha256": hashlib.sha256(request_id.encode()).hexdigest(),
        "created": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "duration": round(duration_secs, 3),
        "channels": channels,
        "models": [model_uuid],
        "model_info": {model_uuid: model_info(model)},
    }


def _bare(word: str) -> str:
    return word.strip(_PUNCTUATION).lower() or word
