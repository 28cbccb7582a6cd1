import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.twilio.faults import CallerFaults, StreamSidPlace
from simulator.twilio.messages import (
    InvalidServerMessageError,
    MessageWriter,
    ServerClear,
    ServerMark,
    ServerMedia,
    StreamIdentity,
    parse_server_message,
)

IDENTITY = StreamIdentity("AC1", "CA1", "MZ1", {"token": "T1"})


def test_messages_are_exactly_twilio_s() -> None:
    writer = MessageWriter(IDENTITY)
    assert json.loads(writer.start()) == {
        "event": "start",
        "sequenceNumber": "1",
        "start": {
            "accountSid": "AC1",
            "streamSid": "MZ1",
            "callSid": "CA1",
            "tracks": ["inbound"],
            "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
            "customParameters": {"token": "T1"},
        },
        "streamSid": "MZ1",
    }
    assert json.loads(writer.media(b"AAAA", 20)) == {
        "event": "media",
        "sequenceNumber": "2",
        "media": {"track": "inbound", "chunk": "1", "timestamp": "20", "payload": "AAAA"},
        "streamSid": "MZ1",
    }
    assert json.loads(writer.mark("a")) == {
        "event": "mark",
        "sequenceNumber": "3",
        "mark": {"name": "a"},
        "streamSid": "MZ1",
    }
    assert json.loads(writer.dtmf("5"))["dtmf"] == {"track": "inbound_track", "digit": "5"}
    stop = json.loads(writer.stop())
    assert (stop["stop"], stop["sequenceNumber"]) == ({"accountSid": "AC1", "callSid": "CA1"}, "5")


def test_start_can_be_wrong_on_purpose() -> None:
    def start(**faults: object) -> dict[str, object]:
        message: dict[str, object] = json.loads(MessageWriter(IDENTITY, CallerFaults(**faults)).start())  # type: ignore[arg-type]
        return message

    body = start(no_custom_parameters=True, no_media_format=True)["start"]
    assert isinstance(body, dict)
    assert "customParameters" not in body
    assert "mediaFormat" not in body
    assert "streamSid" not in start(stream_sid_place=StreamSidPlace.INSIDE_START_ONLY)
    top = start(stream_sid_place=StreamSidPlace.TOP_LEVEL_ONLY)
    assert top["streamSid"] == "MZ1"
    assert "streamSid" not in top["start"]  # type: ignore[operator]
    forged = start(drop_parameters=frozenset({"token"}), forged_parameters={"other": "x"})["start"]
    assert forged["customParameters"] == {"other": "x"}  # type: ignore[index]


def test_what_the_server_may_send() -> None:
    payload = base64.b64encode(b"\x01\x02").decode()
    media = {"event": "media", "streamSid": "MZ1", "media": {"payload": payload}}
    assert parse_server_message(json.dumps(media).encode(), "MZ1") == ServerMedia(b"\x01\x02")
    mark = b'{"event":"mark","streamSid":"MZ1","mark":{"name":"m"}}'
    assert parse_server_message(mark, "MZ1") == ServerMark("m")
    assert parse_server_message(b'{"event":"clear","streamSid":"MZ1"}', "MZ1") == ServerClear()


@pytest.mark.parametrize(
    "text",
    [
        "no json",
        "[]",
        "{}",
        '{"event":"hello","streamSid":"MZ1"}',
        '{"event":"clear"}',
        '{"event":"clear","streamSid":"MZ2"}',
        '{"event":"media","streamSid":"MZ1"}',
        '{"event":"media","streamSid":"MZ1","media":null}',
        '{"event":"media","streamSid":"MZ1","media":{"payload":7}}',
        '{"event":"media","streamSid":"MZ1","media":{"payload":"%%%"}}',
        '{"event":"media","streamSid":"MZ1","media":{"payload":"AAA"}}',
        '{"event":"media","streamSid":"MZ1","media":{"payload":"äöüß"}}',
        '{"event":"mark","streamSid":"MZ1","mark":{}}',
    ],
)
def test_what_it_may_not(text: str) -> None:
    with pytest.raises(InvalidServerMessageError):
        parse_server_message(text.encode(), "MZ1")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.one_of(
        st.binary(),
        st.builds(lambda value: json.dumps(value).encode(), json_values),
        st.builds(
            lambda event, body: json.dumps({"event": event, "streamSid": "MZ1", event: body}).encode(),
            st.sampled_from(["media", "mark", "clear", "stop"]),
            json_values,
        ),
    )
)
def test_nothing_but_the_one_error_leaves_the_parser(data: bytes) -> None:
    try:
        parse_server_message(data, "MZ1")
    except InvalidServerMessageError:
        return
