"""pipecat's serializer interface for Twilio's media-stream messages.

pipecat's own `TwilioFrameSerializer` dies of a malformed message, hangs calls up from inside the pipeline and
resamples; this one does none of that. It carries µ-law bytes as they are: in an audio frame of this
serializer, `audio` is µ-law at 8000 Hz, never PCM. Only `media`, `mark` and `clear` ever leave it, because
Twilio tears the stream down (error 31924) for anything else.

The media plane's transport handles 50 messages a second per call, so it uses the plain methods
(`media`, `mark`, `clear`); the coroutines are the same behind pipecat's interface.
"""

from pipecat.audio.dtmf.types import KeypadEntry
from pipecat.frames.frames import (
    Frame,
    InputAudioRawFrame,
    InputDTMFFrame,
    InputTransportMessageFrame,
    InterruptionFrame,
    OutputAudioRawFrame,
    OutputTransportMessageFrame,
    OutputTransportMessageUrgentFrame,
)
from pipecat.serializers.base_serializer import FrameSerializer

from bot.transport.twilio_messages import (
    DtmfMessage,
    MalformedMessageError,
    MarkMessage,
    MediaMessage,
    StopMessage,
    clear_message,
    mark_message,
    media_message,
    parse_twilio_message,
)

SAMPLE_RATE = 8000


class TwilioSerializer(FrameSerializer):
    """Frames to and from the messages of one Twilio stream.

    Attributes:
        malformed_count: Messages that `deserialize` could not use so far.
    """

    def __init__(self, stream_sid: str) -> None:
        super().__init__()
        self._stream_sid = stream_sid
        self.malformed_count = 0

    def media(self, payload: bytes) -> str:
        """The message that plays µ-law bytes (8000 Hz) to the caller."""
        return media_message(self._stream_sid, payload)

    def mark(self, name: str) -> str:
        """The message that asks for an echo once everything before it was played."""
        return mark_message(self._stream_sid, name)

    def clear(self) -> str:
        """The message that empties the far side's playout buffer."""
        return clear_message(self._stream_sid)

    async def serialize(self, frame: Frame) -> str | None:
        """The message for a frame: audio, an interruption, or a transport message that is a mark.

        A mark is an `OutputTransportMessageFrame` (or its urgent form) whose message is
        `{"event": "mark", "mark": {"name": …}}`. None for every other frame.
        """
        if isinstance(frame, InterruptionFrame):
            return self.clear()
        if isinstance(frame, OutputAudioRawFrame):
            return self.media(frame.audio) if frame.audio else None
        if isinstance(frame, OutputTransportMessageFrame | OutputTransportMessageUrgentFrame):
            name = _mark_name(frame.message)
            return None if name is None else self.mark(name)
        return None

    async def deserialize(self, data: str | bytes) -> Frame | None:
        """The frame for a message, or None; never raises.

        `media` gives an `InputAudioRawFrame` of µ-law bytes, `dtmf` an `InputDTMFFrame`, `mark` and `stop` an
        `InputTransportMessageFrame` with an `event` key. The rest, and anything malformed, gives None.
        """
        try:
            message = parse_twilio_message(data)
        except MalformedMessageError:
            self.malformed_count += 1
            return None
        if isinstance(message, MediaMessage):
            return InputAudioRawFrame(audio=message.payload, sample_rate=SAMPLE_RATE, num_channels=1)
        if isinstance(message, DtmfMessage):
            # pipecat's keypad has no A-D; no telephone has either.
            return InputDTMFFrame(KeypadEntry(message.digit)) if message.digit not in "ABCD" else None
        if isinstance(message, MarkMessage):
            return InputTransportMessageFrame(message={"event": "mark", "mark": {"name": message.name}})
        if isinstance(message, StopMessage):
            return InputTransportMessageFrame(message={"event": "stop"})
        return None


def _mark_name(message: object) -> str | None:
    if not isinstance(message, dict) or message.get("event") != "mark":
        return None
    mark = message.get("mark")
    name = mark.get("name") if isinstance(mark, dict) else None
    return name if isinstance(name, str) else None
