import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pipecat.audio.dtmf.types import KeypadEntry
from pipecat.frames.frames import (
    EndFrame,
    Frame,
    InputAudioRawFrame,
    InputDTMFFrame,
    InputTransportMessageFrame,
    InterruptionFrame,
    OutputAudioRawFrame,
    OutputTransportMessageFrame,
    OutputTransportMessageUrgentFrame,
    TextFrame,
)

from bot.transport.twilio_serializer import TwilioSerializer


async def test_audio_is_sent_as_the_bytes_it_is() -> None:
    text = await TwilioSerializer("MZ1").serialize(OutputAudioRawFrame(b"\x01\x02\x03", 8000, 1))
    assert text is not None
    assert json.loads(text) == {
        "event": "media",
        "streamSid": "MZ1",
        "media": {"payload": base64.b64encode(b"\x01\x02\x03").decode()},
    }


async def test_an_interruption_clears() -> None:
    text = await TwilioSerializer("MZ1").serialize(InterruptionFrame())
    assert text is not None
    assert json.loads(text) == {"event": "clear", "streamSid": "MZ1"}


@pytest.mark.parametrize("kind", [OutputTransportMessageFrame, OutputTransportMessageUrgentFrame])
async def test_a_mark_is_sent_with_our_stream_sid(kind: type[OutputTransportMessageFrame]) -> None:
    frame = kind(message={"event": "mark", "streamSid": "MZ9", "mark": {"name": "end"}})
    text = await TwilioSerializer("MZ1").serialize(frame)
    assert text is not None
    assert json.loads(text) == {"event": "mark", "streamSid": "MZ1", "mark": {"name": "end"}}


@pytest.mark.parametrize(
    "frame",
    [
        EndFrame(),
        TextFrame("hello"),
        OutputAudioRawFrame(b"", 8000, 1),
        OutputTransportMessageFrame(message={"label": "rtvi-ai", "type": "bot-ready"}),
        OutputTransportMessageFrame(message={"event": "stop"}),
        OutputTransportMessageFrame(message={"event": "mark", "mark": None}),
        OutputTransportMessageFrame(message="text"),
    ],
)
async def test_nothing_else_is_ever_sent(frame: Frame) -> None:
    assert await TwilioSerializer("MZ1").serialize(frame) is None


async def test_messages_become_frames() -> None:
    serializer = TwilioSerializer("MZ1")

    audio = await serializer.deserialize(serializer.media(b"\xff" * 160))
    assert isinstance(audio, InputAudioRawFrame)
    assert (audio.audio, audio.sample_rate) == (b"\xff" * 160, 8000)

    digit = await serializer.deserialize('{"event": "dtmf", "dtmf": {"digit": "*"}}')
    assert isinstance(digit, InputDTMFFrame)
    assert digit.button is KeypadEntry.STAR
    assert await serializer.deserialize('{"event": "dtmf", "dtmf": {"digit": "A"}}') is None

    mark = await serializer.deserialize(serializer.mark("end"))
    assert isinstance(mark, InputTransportMessageFrame)
    assert mark.message == {"event": "mark", "mark": {"name": "end"}}

    stop = await serializer.deserialize('{"event": "stop"}')
    assert isinstance(stop, InputTransportMessageFrame)
    assert stop.message == {"event": "stop"}
    assert await serializer.deserialize('{"event": "connected"}') is None
    assert serializer.malformed_count == 0


@given(st.text() | st.binary() | st.sampled_from(['{"event":"media","media":null}', "[]"]))
async def test_malformed_input_is_counted_and_never_raises(data: str | bytes) -> None:
    serializer = TwilioSerializer("MZ1")
    assert await serializer.deserialize(data) is None
    assert serializer.malformed_count == 1
