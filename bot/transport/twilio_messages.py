"""Twilio's media-stream messages, one frozen class per event, parsed so that nothing malformed gets further.

The wire format is that of Twilio's "Media Streams - WebSocket Messages" reference. A call receives 50 `media`
messages a second, so they take the short way; everything else is rare and is checked field by field. Peers
that only resemble Twilio are served too: `streamSid` may be at top level or inside `start`,
`customParameters` and `mediaFormat` may be missing, and numbers may be strings.
"""

import binascii
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

import orjson

MAX_MESSAGE_LENGTH = 64 * 1024
"""Longest message looked at, in bytes (characters, if it came as text); Twilio's own stay under 1 KiB."""

MULAW = "audio/x-mulaw"
_KEYS = frozenset("0123456789*#ABCD")

JsonObject: TypeAlias = dict[str, object]


class Malformation(StrEnum):
    """What is wrong with a message."""

    OVERSIZED = "oversized"
    NOT_JSON = "not_json"
    NOT_AN_OBJECT = "not_an_object"
    UNKNOWN_EVENT = "unknown_event"
    MISSING_FIELD = "missing_field"
    WRONG_TYPE = "wrong_type"
    BAD_BASE64 = "bad_base64"
    BAD_VALUE = "bad_value"


class MalformedMessageError(ValueError):
    """A message that cannot be used. Says what is wrong and where, never what the message held.

    Attributes:
        reason: The kind of fault.
        where: The field, such as `media.payload`; empty when the message as a whole is at fault.
    """

    def __init__(self, reason: Malformation, where: str = "") -> None:
        super().__init__(f"{reason} {where}".rstrip())
        self.reason = reason
        self.where = where


@dataclass(frozen=True, slots=True)
class ConnectedMessage:
    """The first message: the socket is up, the stream not yet."""


@dataclass(frozen=True, slots=True)
class StartMessage:
    """The stream begins. Ids are empty where the peer sent none."""

    stream_sid: str
    call_sid: str = ""
    account_sid: str = ""
    custom_parameters: Mapping[str, str] = field(default_factory=dict)
    encoding: str = MULAW
    sample_rate: int = 8000
    channels: int = 1


@dataclass(frozen=True, slots=True)
class MediaMessage:
    """Caller audio, decoded from base64; Twilio sends 20 ms, 160 bytes of µ-law."""

    stream_sid: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class DtmfMessage:
    """The caller pressed a key: `0`-`9`, `*`, `#`, `A`-`D`."""

    stream_sid: str
    digit: str


@dataclass(frozen=True, slots=True)
class MarkMessage:
    """A mark of ours was reached in playback, or was overtaken by a clear."""

    stream_sid: str
    name: str


@dataclass(frozen=True, slots=True)
class StopMessage:
    """The stream ends: the caller hung up or the call was moved on."""

    stream_sid: str


TwilioMessage: TypeAlias = ConnectedMessage | StartMessage | MediaMessage | DtmfMessage | MarkMessage | StopMessage


def parse_twilio_message(raw: str | bytes) -> TwilioMessage:
    """Parse one message of a media stream.

    Raises:
        MalformedMessageError: The message cannot be used. Nothing else is ever raised.
    """
    if len(raw) > MAX_MESSAGE_LENGTH:
        raise MalformedMessageError(Malformation.OVERSIZED)
    try:
        message = orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise MalformedMessageError(Malformation.NOT_JSON) from None
    if type(message) is not dict:
        raise MalformedMessageError(Malformation.NOT_AN_OBJECT)
    event = message.get("event")
    if event == "media":
        return _parse_media(message)
    parser = _PARSERS.get(event) if isinstance(event, str) else None
    if parser is None:
        raise MalformedMessageError(Malformation.UNKNOWN_EVENT)
    return parser(message)


def media_message(stream_sid: str, payload: bytes) -> str:
    """Audio for the caller: µ-law bytes at 8000 Hz, of any length."""
    encoded = binascii.b2a_base64(payload, newline=False).decode("ascii")
    return _dump({"event": "media", "streamSid": stream_sid, "media": {"payload": encoded}})


def mark_message(stream_sid: str, name: str) -> str:
    """Asks for an echo once everything sent so far was played."""
    return _dump({"event": "mark", "streamSid": stream_sid, "mark": {"name": name}})


def clear_message(stream_sid: str) -> str:
    """Empties the far side's playout buffer."""
    return _dump({"event": "clear", "streamSid": stream_sid})


def _dump(message: JsonObject) -> str:
    return orjson.dumps(message).decode()


def _parse_media(message: JsonObject) -> MediaMessage:
    media = message.get("media")
    if type(media) is not dict:
        raise MalformedMessageError(Malformation.WRONG_TYPE, "media")
    payload = media.get("payload")
    if type(payload) is not str:
        raise MalformedMessageError(Malformation.WRONG_TYPE, "media.payload")
    try:
        # Text outside ASCII is a plain ValueError, anything else a binascii.Error, which is one too.
        audio = binascii.a2b_base64(payload, strict_mode=True)
    except ValueError:
        raise MalformedMessageError(Malformation.BAD_BASE64, "media.payload") from None
    return MediaMessage(_text(message, "streamSid", ""), audio)


def _parse_connected(message: JsonObject) -> ConnectedMessage:
    del message  # nothing in it is needed; that it came is all
    return ConnectedMessage()


def _parse_start(message: JsonObject) -> StartMessage:
    start = _object(message, "start", "")
    audio_format = _object(start, "mediaFormat", "start.")
    return StartMessage(
        stream_sid=_text(message, "streamSid", "") or _text(start, "streamSid", "start."),
        call_sid=_text(start, "callSid", "start.") or _text(message, "callSid", ""),
        account_sid=_text(start, "accountSid", "start."),
        custom_parameters=_parameters(_object(start, "customParameters", "start.")),
        encoding=_text(audio_format, "encoding", "start.mediaFormat.") or MULAW,
        sample_rate=_positive_integer(audio_format, "sampleRate", "start.mediaFormat.", 8000),
        channels=_positive_integer(audio_format, "channels", "start.mediaFormat.", 1),
    )


def _parse_dtmf(message: JsonObject) -> DtmfMessage:
    digit = _required(_required_object(message, "dtmf"), "digit", "dtmf.")
    if type(digit) is int:
        digit = str(digit)
    if not isinstance(digit, str):
        raise MalformedMessageError(Malformation.WRONG_TYPE, "dtmf.digit")
    if digit not in _KEYS:
        raise MalformedMessageError(Malformation.BAD_VALUE, "dtmf.digit")
    return DtmfMessage(_text(message, "streamSid", ""), digit)


def _parse_mark(message: JsonObject) -> MarkMessage:
    name = _required(_required_object(message, "mark"), "name", "mark.")
    if not isinstance(name, str):
        raise MalformedMessageError(Malformation.WRONG_TYPE, "mark.name")
    return MarkMessage(_text(message, "streamSid", ""), name)


def _parse_stop(message: JsonObject) -> StopMessage:
    return StopMessage(_text(message, "streamSid", ""))


_PARSERS: Mapping[str, Callable[[JsonObject], TwilioMessage]] = {
    "connected": _parse_connected,
    "start": _parse_start,
    "dtmf": _parse_dtmf,
    "mark": _parse_mark,
    "stop": _parse_stop,
}


def _required(parent: JsonObject, key: str, path: str) -> object:
    if key not in parent:
        raise MalformedMessageError(Malformation.MISSING_FIELD, path + key)
    return parent[key]


def _required_object(parent: JsonObject, key: str) -> JsonObject:
    value = _required(parent, key, "")
    if not isinstance(value, dict):
        raise MalformedMessageError(Malformation.WRONG_TYPE, key)
    return value


def _object(parent: JsonObject, key: str, path: str) -> JsonObject:
    """The object at `key`; an absent or null one is empty."""
    value = parent.get(key)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise MalformedMessageError(Malformation.WRONG_TYPE, path + key)
    return value


def _text(parent: JsonObject, key: str, path: str) -> str:
    """The string at `key`; an absent or null one is empty."""
    value = parent.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise MalformedMessageError(Malformation.WRONG_TYPE, path + key)
    return value


def _positive_integer(parent: JsonObject, key: str, path: str, default: int) -> int:
    value = parent.get(key)
    if value is None:
        return default
    if isinstance(value, str):
        # A dozen digits are far more than any rate, and keep int() cheap.
        if not (value.isascii() and value.isdigit() and len(value) <= 12):
            raise MalformedMessageError(Malformation.BAD_VALUE, path + key)
        value = int(value)
    if type(value) is not int:
        raise MalformedMessageError(Malformation.WRONG_TYPE, path + key)
    if value <= 0:
        raise MalformedMessageError(Malformation.BAD_VALUE, path + key)
    return value


def _parameters(values: JsonObject) -> dict[str, str]:
    """Custom parameters as strings, which is all Twilio sends; scalars of other peers are written out."""
    parameters: dict[str, str] = {}
    for name, value in values.items():
        if isinstance(value, str):
            parameters[name] = value
        elif value is None or isinstance(value, bool | int | float):
            parameters[name] = orjson.dumps(value).decode()
        else:
            raise MalformedMessageError(Malformation.WRONG_TYPE, "start.customParameters")
    return parameters
