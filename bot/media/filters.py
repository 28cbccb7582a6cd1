"""The seam for audio filters (noise reduction, gain) between the line and everything that listens to it."""

from typing import Protocol


class AudioFilter(Protocol):
    """Changes the caller's audio before voice activity detection and speech-to-text see it."""

    def apply(self, pcm: bytes) -> bytes:
        """Filter 16-bit little-endian mono PCM at the call's rate; returns as many bytes. Under a millisecond."""
