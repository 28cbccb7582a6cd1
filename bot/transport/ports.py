"""The seam between a transport and the media plane: who calls whom with 20 ms audio.

Both sides are synchronous and never block: the receive loop of the socket calls the plane directly, and the
plane hands audio to a transport that queues it. Nothing on this path waits.
"""

from typing import Protocol


class MediaReceiver(Protocol):
    """What a transport calls; implemented by the media plane."""

    def receive_audio(self, payload: bytes) -> None:
        """Take caller audio, encoded as the call's media format (Twilio: µ-law, 8000 Hz, mono)."""
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
        """Queue audio for the caller: µ-law bytes at 8000 Hz for Twilio, any length."""
        ...

    def send_mark(self, name: str) -> None:
        """Ask for `mark_played(name)` once everything queued so far was played."""
        ...

    def send_clear(self) -> None:
        """Silence the caller's side now: drop what is queued here and what the far side has buffered."""
        ...
