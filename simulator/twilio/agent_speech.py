"""When the agent is heard: speech start and stop on the audio that was played to the caller."""

from enum import StrEnum

from simulator.twilio.mulaw import FRAME_SECS, SPEECH_ENERGY, WINDOW_BYTES, window_energies

_WINDOW_SECS = FRAME_SECS / 2


class AgentSpeechChange(StrEnum):
    """What one frame changed."""

    STARTED = "started"
    STOPPED = "stopped"


class AgentSpeechDetector:
    """Finds audible stretches (10 ms windows above -40 dBFS) that are longer apart than a pause in speech.

    Args:
        pause_secs: Silence of this length ends a stretch.

    Attributes:
        started_at: When the current or last stretch began to sound, None before the first.
        last_audible_at: End of the last audible window, None before the first.
    """

    def __init__(self, *, pause_secs: float = 0.4) -> None:
        self._pause_secs = pause_secs
        self.speaking = False
        self.started_at: float | None = None
        self.last_audible_at: float | None = None

    def hear(self, played: bytes, at: float) -> AgentSpeechChange | None:
        """Take the frame that begins to sound at `at`; empty means silence."""
        first, last = self._audible_windows(played)
        if last is not None and first is not None:
            self.last_audible_at = at + (last + 1) * _WINDOW_SECS
            if not self.speaking:
                self.speaking = True
                self.started_at = at + first * _WINDOW_SECS
                return AgentSpeechChange.STARTED
            return None
        if self.speaking and self.last_audible_at is not None and at - self.last_audible_at >= self._pause_secs:
            self.speaking = False
            return AgentSpeechChange.STOPPED
        return None

    @staticmethod
    def _audible_windows(played: bytes) -> tuple[int | None, int | None]:
        if len(played) < WINDOW_BYTES:
            return None, None
        audible = [index for index, energy in enumerate(window_energies(played)) if energy > SPEECH_ENERGY]
        return (audible[0], audible[-1]) if audible else (None, None)
