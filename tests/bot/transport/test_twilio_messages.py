import base64
import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.transport.twilio_messages import (
    MAX_MESSAGE_LENGTH,
    MULAW,
    ConnectedMessage,
    DtmfMessage,
    Malformation,
    MalformedMessageError,
    MarkMessage,
    MediaMessage,
    StartMessage,
    StopMessage,
    clear_message,
    mark_message,
    media_message,
    parse_twilio_message,
)

# As in Twilio's reference, "Media Streams - WebSocket Messages".
START = {
    "event": "start",
    "sequenceNumber": "1",
    "start": {
        "accountSid": "AC1",
        "streamSid": "MZ1",
        "callSid": "CA1",
        "tracks": ["inbound"],
        "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
        "customParameters": {"token": "secret", "RemoteParty": "Bob"},
    },
    "streamSid": "MZ1",
}

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
EVENTS = ["connected", "start", "media", "dtmf", "mark", "stop", "clear", "ping"]
KEYS = ["event", "streamSid", "start", "media", "payload", "dtmf", "digit", "mark", "name", "stop"]
KEYS += ["callSid", "accountSid", "customParameters", "mediaFormat", "encoding", "sampleRate", "channels"]
near_misses = st.fixed_dictionaries(
    {"event": st.sampled_from(EVENTS)},
    optional={
        key: json_values | st.dictionaries(st.sampled_from(KEYS), json_values, max_size=4) for key in KEYS[1:]
    },
)


def test_parses_each_event_as_twilio_sends_it() -> None:
    def parse(message: object) -> object:
        return parse_twilio_message(json.dumps(message))

    assert parse({"event": "connected", "protocol": "Call", "version": "1.0.0"}) == ConnectedMessage()
    assert parse(START) == StartMessage("MZ1", "CA1", "AC1", {"token": "secret", "RemoteParty": "Bob"})
    payload = base64.b64encode(b"\xff\x7f").decode()
    media = {"track": "inbound", "chunk": "2", "timestamp": "5", "payload": payload}
    assert parse({"event": "media", "sequenceNumber": "3", "media": media, "streamSid": "MZ1"}) == MediaMessage(
        "MZ1", b"\xff\x7f"
    )
    dtmf = {"track": "inbound_track", "digit": "#"}
    assert parse({"event": "dtmf", "streamSid": "MZ1", "dtmf": dtmf}) == DtmfMessage("MZ1", "#")
    assert parse({"event": "mark", "streamSid": "MZ1", "mark": {"name": "m"}}) == MarkMessage("MZ1", "m")
    stop = {"accountSid": "AC1", "callSid": "CA1"}
    assert parse({"event": "stop", "streamSid": "MZ1", "stop": stop}) == StopMessage("MZ1")


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ({"event": "start", "streamSid": "MZ2"}, StartMessage("MZ2")),
        ({"event": "start", "start": {"streamSid": "MZ2", "callSid": "CA2"}}, StartMessage("MZ2", "CA2")),
        ({"event": "start", "streamSid": "MZ2", "callSid": "CA2", "start": {}}, StartMessage("MZ2", "CA2")),
        ({"event": "start", "start": {"customParameters": None, "mediaFormat": None}}, StartMessage("")),
        (
            {"event": "start", "start": {"mediaFormat": {"sampleRate": "16000", "channels": "2"}}},
            StartMessage("", sample_rate=16000, channels=2),
        ),
        (
            {"event": "start", "start": {"customParameters": {"n": 3, "b": True, "z": None, "s": "x"}}},
            StartMessage("", custom_parameters={"n": "3", "b": "true", "z": "null", "s": "x"}),
        ),
    ],
)
def test_serves_peers_that_only_resemble_twilio(start: object, expected: StartMessage) -> None:
    assert parse_twilio_message(json.dumps(start).encode()) == expected
    assert expected.encoding == MULAW


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ("", Malformation.NOT_JSON),
        ("{", Malformation.NOT_JSON),
        (b"\xff\xfe", Malformation.NOT_JSON),
        ("[" * 5000, Malformation.NOT_JSON),
        ("[]", Malformation.NOT_AN_OBJECT),
        ("null", Malformation.NOT_AN_OBJECT),
        ("{}", Malformation.UNKNOWN_EVENT),
        ('{"event": "video"}', Malformation.UNKNOWN_EVENT),
        ('{"event": ["media"]}', Malformation.UNKNOWN_EVENT),
        ('{"event": "media"}', Malformation.WRONG_TYPE),
        ('{"event": "media", "media": null}', Malformation.WRONG_TYPE),
        ('{"event": "media", "media": "AAAA"}', Malformation.WRONG_TYPE),
        ('{"event": "media", "media": {"payload": 7}}', Malformation.WRONG_TYPE),
        ('{"event": "media", "media": {"payload": "AAA"}}', Malformation.BAD_BASE64),
        ('{"event": "media", "media": {"payload": "AA!A"}}', Malformation.BAD_BASE64),
        ('{"event": "media", "media": {"payload": "ééé="}}', Malformation.BAD_BASE64),
        ('{"event": "media", "media": {"payload": "AAAA\\n"}}', Malformation.BAD_BASE64),
        ('{"event": "media", "streamSid": 5, "media": {"payload": "AAAA"}}', Malformation.WRONG_TYPE),
        ('{"event": "start", "start": []}', Malformation.WRONG_TYPE),
        ('{"event": "start", "start": {"customParameters": {"a": []}}}', Malformation.WRONG_TYPE),
        ('{"event": "start", "start": {"mediaFormat": {"sampleRate": "8k"}}}', Malformation.BAD_VALUE),
        ('{"event": "start", "start": {"mediaFormat": {"sampleRate": true}}}', Malformation.WRONG_TYPE),
        ('{"event": "start", "start": {"mediaFormat": {"channels": 0}}}', Malformation.BAD_VALUE),
        ('{"event": "dtmf", "dtmf": null}', Malformation.WRONG_TYPE),
        ('{"event": "dtmf", "dtmf": {}}', Malformation.MISSING_FIELD),
        ('{"event": "dtmf", "dtmf": {"digit": "12"}}', Malformation.BAD_VALUE),
        ('{"event": "dtmf", "dtmf": {"digit": null}}', Malformation.WRONG_TYPE),
        ('{"event": "mark"}', Malformation.MISSING_FIELD),
        ('{"event": "mark", "mark": {"name": {}}}', Malformation.WRONG_TYPE),
    ],
)
def test_refuses_what_cannot_be_used(raw: str | bytes, reason: Malformation) -> None:
    with pytest.raises(MalformedMessageError) as caught:
        parse_twilio_message(raw)
    assert caught.value.reason is reason


def test_refuses_an_oversized_message_before_parsing_it() -> None:
    good = media_message("MZ1", b"\xff" * MAX_MESSAGE_LENGTH)
    for raw in (good, good.encode()):
        with pytest.raises(MalformedMessageError, match="oversized"):
            parse_twilio_message(raw)


def test_an_error_never_quotes_the_message() -> None:
    with pytest.raises(MalformedMessageError) as caught:
        parse_twilio_message('{"event": "start", "start": {"callSid": ["+15551234567"]}}')
    assert str(caught.value) == "wrong_type start.callSid"


def test_a_digit_may_be_a_number() -> None:
    assert parse_twilio_message('{"event": "dtmf", "dtmf": {"digit": 5}}') == DtmfMessage("", "5")


@given(st.text() | st.binary())
def test_any_input_is_parsed_or_malformed(raw: str | bytes) -> None:
    with pytest.raises(MalformedMessageError):
        parse_twilio_message(raw)


@given(near_misses | json_values)
def test_any_json_is_parsed_or_malformed(value: object) -> None:
    with contextlib.suppress(MalformedMessageError):
        parse_twilio_message(json.dumps(value))


@given(st.text(), st.binary(max_size=2000))
def test_media_comes_back_as_it_went(stream_sid: str, payload: bytes) -> None:
    message = media_message(stream_sid, payload)
    assert parse_twilio_message(message) == MediaMessage(stream_sid, payload)
    assert json.loads(message).keys() == {"event", "streamSid", "media"}


@given(st.text(), st.text())
def test_a_mark_comes_back_as_it_went(stream_sid: str, name: str) -> None:
    assert parse_twilio_message(mark_message(stream_sid, name)) == MarkMessage(stream_sid, name)


def test_a_clear_is_what_twilio_expects() -> None:
    assert json.loads(clear_message("MZ1")) == {"event": "clear", "streamSid": "MZ1"}
