"""How a call's audio is written down: encoding and rate, once, for both directions.

A phone call is µ-law at 8 kHz from end to end; 16 kHz callers (browser, microphone) get 16-bit PCM. There
is deliberately no resampling: streaming resamplers release audio in bursts of 95 ms and more.
"""

import audioop
from dataclasses import dataclass
from enum import StrEnum


class Encoding(StrEnum):
    """Sample encodings, by Deepgram's names."""

    MULAW = "mulaw"
    LINEAR16 = "linear16"


@dataclass(frozen=True, slots=True)
class MediaFormat:
    """One mono audio format.

    Attributes:
        encoding: How a sample is written.
        sample_rate: Samples a second; 8000 or 16000, the rates that the voice activity model takes.
    """

    encoding: Encoding
    sample_rate: int

    @property
    def sample_bytes(self) -> int:
        """Bytes of one sample."""
        return 1 if self.encoding is Encoding.MULAW else 2

    @property
    def bytes_per_second(self) -> int:
        """Bytes of one second of audio."""
        return self.sample_rate * self.sample_bytes

    def seconds(self, byte_count: int) -> float:
        """How long that many bytes last."""
        return byte_count / self.bytes_per_second

    def byte_count(self, seconds: float) -> int:
        """Bytes of that long a stretch, to the nearest sample (times are floats: never a sample short)."""
        return round(seconds * self.sample_rate) * self.sample_bytes

    def silence(self, seconds: float) -> bytes:
        """That long without a sound."""
        return (b"\xff" if self.encoding is Encoding.MULAW else b"\0") * self.byte_count(seconds)

    def to_pcm(self, payload: bytes) -> bytes:
        """Decode to 16-bit little-endian PCM at the same rate (µ-law: ITU-T G.711)."""
        return audioop.ulaw2lin(payload, 2) if self.encoding is Encoding.MULAW else payload


TELEPHONE = MediaFormat(Encoding.MULAW, 8000)
"""What Twilio streams, both ways."""
