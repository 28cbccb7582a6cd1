"""From seconds of one connection's audio to places in the call's, where silence of ours was sent in between."""

from bot.media.format import MediaFormat


class StreamPositions:
    """Follows what one connection is sent.

    Args:
        media_format: Of the audio.
        base: Byte of the call's audio with which the connection began.
    """

    def __init__(self, media_format: MediaFormat, base: int) -> None:
        self._format = media_format
        self._base = base
        self._sent = 0
        self._pads: list[tuple[int, int]] = []

    def sent(self, count: int) -> None:
        """So many bytes of the call's audio went out."""
        self._sent += count

    def padded(self, count: int) -> None:
        """So many bytes of silence went out that are no part of the call's audio."""
        if self._pads and sum(self._pads[-1]) == self._sent:
            start, length = self._pads.pop()
            self._pads.append((start, length + count))
        else:
            self._pads.append((self._sent, count))
        self._sent += count

    def call_seconds(self, stream_seconds: float) -> float:
        """Where in the call's audio a second of the connection's is."""
        silence = sum(
            min(self._format.seconds(length), stream_seconds - self._format.seconds(start))
            for start, length in self._pads
            if stream_seconds > self._format.seconds(start)
        )
        return self._format.seconds(self._base) + stream_seconds - silence
