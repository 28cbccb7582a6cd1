"""When the caller last spoke and last began to, by the level of the audio itself.

These two instants are what latency is measured from (voice-to-voice, interruption): they come from the
samples received at the socket, not from what any model made of them.
"""

AUDIBLE_ENERGY = 327.0
"""RMS of int16 samples at −40 dBFS."""
ONSET_QUIET_SECONDS = 0.2
"""Silence after which the next audible sound is a new onset."""


class CallerClock:
    """Tracks audible sound on the caller's line. Times are loop times of receipt; None before the first."""

    __slots__ = ("last_sound_at", "onset_at")

    def __init__(self) -> None:
        self.last_sound_at: float | None = None
        self.onset_at: float | None = None

    def heard(self, energy: float, now: float) -> None:
        """Take the RMS (int16 units) of one message's audio."""
        if energy < AUDIBLE_ENERGY:
            return
        if self.last_sound_at is None or now - self.last_sound_at > ONSET_QUIET_SECONDS:
            self.onset_at = now
        self.last_sound_at = now
