"""The RIFF/WAVE header."""

import struct

_FORMATS = {"linear16": (1, 2), "alaw": (6, 1), "mulaw": (7, 1)}


def wav_header(encoding: str, sample_rate: int, data_bytes: int, channels: int = 1) -> bytes:
    """A 44 byte header for this much audio behind it."""
    tag, width = _FORMATS[encoding]
    block = width * channels
    return struct.pack(
        "<4sI4s4sIHHIIHH4sI",
        b"RIFF",
        36 + data_bytes,
        b"WAVE",
        b"fmt ",
        16,
        tag,
        channels,
        sample_rate,
        sample_rate * block,
        block,
        width * 8,
        b"data",
        data_bytes,
    )
