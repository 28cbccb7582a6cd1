"""The seam between a transport and the media plane: who calls whom with 20 ms audio.

Both sides are synchronous and never block: the receive loop of the socket calls the plane directly, and the
plane hands audio to a transport that queues it. Nothing on this path waits. A call owns its transport as a
`CallTransport`, whatever is at its other end.
"""

from enum import StrEnum
from typing import Protocol

from bot.media.format import MediaFormat


class MediaReceiver(Protocol):
    """What a transport calls; implemented by the media plane."""

    def receive_audio(self, payload: bytes) -> None:
        """Take caller audio in the transport's media format, any length of whole samples."""
        ...

    def receive_dtmf(self, digit: str) -> None:
        """Take one key pressed by the caller: `0`-`9`, `*`, `#`, `A`-`D`."""
        ...

    def mark_played(self, name: str) -> None:
        """Everything sent before the mark of this name was played, or was dropped by a clear."""
        ...


class MediaWire(Protocol):
    """What the media plane calls; implemented by a transport."""

    def send_audio(self, payload: bytes) -> None:
        """Queue audio for the caller in the transport's media format, any length of whole samples."""
        ...

    def send_mark(self, name: str) -> None:
        """Ask for `mark_played(name)` once everything queued so far was played."""
        ...

    def send_clear(self) -> None:
        """Silence the caller's side now: drop what is queued here and what the far side has buffered."""
        ...


class StreamEnd(StrEnum):
    """Why a transport has no more audio."""

    STOPPED = "stopped"
    """The caller hung up, or the call was moved on."""
    CONNECTION_LOST = "connection_lost"
    """The far end went away without saying so, or stopped taking audio."""
    MALFORMED = "malformed"
    """Too many messages that could not be used."""
    CLOSED_BY_US = "closed_by_us"


class CallTransport(MediaWire, Protocol):
    """What a call needs of the way to its caller."""

    @property
    def media_format(self) -> MediaFormat:
        """Format of the audio, both ways."""
        ...

    async def run(self, receiver: MediaReceiver) -> StreamEnd:
        """Carry audio until there is no more; nothing is open and no task is left when this returns.

        Args:
            receiver: Called on the loop's thread for everything that comes in.
        """
        ...

    async def close(self) -> None:
        """End it; what was queued is dropped. Closing twice does nothing."""
        ...
