"""Twilio's media stream messages, after its page "Media Streams - WebSocket Messages".

Outgoing ones are bytes, so that the 20 ms path is one formatting operation; incoming ones are checked as
strictly as Twilio documents it under warnings 31950 and 31951.
"""

import binascii
from collections.abc import Mapping
from dataclasses import dataclass

import orjson

from simulator.twilio.faults import NO_FAULTS, CallerFaults, StreamSidPlace

MALFORMED_MESSAGE = 31950
INVALID_MESSAGE = 31951


class InvalidServerMessageError(Exception):
    """The server sent something that a bidirectional stream does not take.

    Attributes:
        code: Twilio's number of the warning.
    """

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class StreamIdentity:
    """Who a stream is.

    Attributes:
        parameters: The `<Parameter>`s of the TwiML.
    """

    account_sid: str
    call_sid: str
    stream_sid: str
    parameters: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ServerMedia:
    """Audio to queue, as µ-law bytes."""

    audio: bytes


@dataclass(frozen=True, slots=True)
class ServerMark:
    """A mark to echo when it is reached."""

    name: str


@dataclass(frozen=True, slots=True)
class ServerClear:
    """Empty the buffer."""


ServerMessage = ServerMedia | ServerMark | ServerClear


def parse_server_message(text: bytes, stream_sid: str) -> ServerMessage:
    """Check and read one message from the server.

    Raises:
        InvalidServerMessageError: It is not JSON, not one of media, mark and clear, or lacks a field.
    """
    try:
        message = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise InvalidServerMessageError(INVALID_MESSAGE, "not valid JSON") from error
    if not isinstance(message, dict):
        raise InvalidServerMessageError(INVALID_MESSAGE, "not a JSON object")
    event = message.get("event")
    if event not in ("media", "mark", "clear"):
        raise InvalidServerMessageError(INVALID_MESSAGE, f"unsupported event {str(event)[:40]!r}")
    if message.get("streamSid") != stream_sid:
        raise InvalidServerMessageError(INVALID_MESSAGE, f"{event}: streamSid is not that of this stream")
    if event == "clear":
        return ServerClear()
    body = message.get(event)
    if not isinstance(body, dict):
        raise InvalidServerMessageError(INVALID_MESSAGE, f"{event}: no {event!r} object")
    if event == "mark":
        return ServerMark(_text_field(body, "mark", "name"))
    try:
        return ServerMedia(binascii.a2b_base64(_text_field(body, "media", "payload"), strict_mode=True))
    except (binascii.Error, ValueError) as error:
        raise InvalidServerMessageError(INVALID_MESSAGE, "media: payload is not base64") from error


def _text_field(body: Mapping[str, object], event: str, name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise InvalidServerMessageError(INVALID_MESSAGE, f"{event}: {name!r} is missing")
    return value


CONNECTED = b'{"event":"connected","protocol":"Call","version":"1.0.0"}'


class MessageWriter:
    """Writes one stream's outgoing messages and counts their sequence numbers and chunks."""

    def __init__(self, identity: StreamIdentity, faults: CallerFaults = NO_FAULTS) -> None:
        self._identity = identity
        self._faults = faults
        self._sequence = 0
        self._chunk = 0
        tail = b'"},"streamSid":"%b"}' % identity.stream_sid.encode()
        self._media_format = (
            b'{"event":"media","sequenceNumber":"%d","media":{"track":"inbound","chunk":"%d",'
            b'"timestamp":"%d","payload":"%b' + tail
        )

    def start(self) -> bytes:
        """Return the `start` message, with the faults asked for."""
        identity, faults = self._identity, self._faults
        body: dict[str, object] = {
            "accountSid": identity.account_sid,
            "streamSid": identity.stream_sid,
            "callSid": identity.call_sid,
            "tracks": ["inbound"],
            "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
            "customParameters": self._parameters(),
        }
        if faults.no_custom_parameters:
            del body["customParameters"]
        if faults.no_media_format:
            del body["mediaFormat"]
        if faults.stream_sid_place is StreamSidPlace.TOP_LEVEL_ONLY:
            del body["streamSid"]
        message = self._numbered("start", start=body)
        if faults.stream_sid_place is StreamSidPlace.INSIDE_START_ONLY:
            del message["streamSid"]
        return orjson.dumps(message)

    def media(self, payload: bytes, timestamp_ms: int) -> bytes:
        """Return a `media` message; the payload is base64, the time counts from the start of the stream."""
        self._sequence += 1
        self._chunk += 1
        return self._media_format % (self._sequence, self._chunk, timestamp_ms, payload)

    def mark(self, name: str) -> bytes:
        """Return the echo of a mark."""
        return orjson.dumps(self._numbered("mark", mark={"name": name}))

    def dtmf(self, digit: str) -> bytes:
        """Return one key press."""
        return orjson.dumps(self._numbered("dtmf", dtmf={"track": "inbound_track", "digit": digit}))

    def stop(self) -> bytes:
        """Return the message that ends the stream."""
        ids = {"accountSid": self._identity.account_sid, "callSid": self._identity.call_sid}
        return orjson.dumps(self._numbered("stop", stop=ids))

    def _parameters(self) -> dict[str, str]:
        kept = {
            name: value
            for name, value in self._identity.parameters.items()
            if name not in self._faults.drop_parameters
        }
        return kept | dict(self._faults.forged_parameters)

    def _numbered(self, event: str, **body: object) -> dict[str, object]:
        self._sequence += 1
        return {
            "event": event,
            "sequenceNumber": str(self._sequence),
            **body,
            "streamSid": self._identity.stream_sid,
        }
