"""When the caller may take the word from the agent: pause at once, then confirm or go on.

Stage one silences the agent two windows (64 ms) into loud speech, keeping what was not heard. Stage two
decides: speech that lasts, or a recognised word, is an interruption; a sound that stops short is not, and the
agent goes on from where it was. A pure state machine, driven by the media plane.
"""

from dataclasses import dataclass
from enum import StrEnum

PAUSE_WINDOWS = 2
QUIET_WINDOWS = 7
"""Windows (224 ms) without loud speech after which a pause turns out to be a false one. Fewer would take the
silence inside a stop consonant ("what dis-count") for the end of a cough."""


class BargeInAction(StrEnum):
    """What the media plane has to do."""

    PAUSE = "pause"
    CONFIRM = "confirm"
    RESUME = "resume"


@dataclass(frozen=True, slots=True)
class BargeInOptions:
    """The operator's knobs, from the `INTERRUPT_…` settings and the agent.

    Attributes:
        enabled: False: the agent always finishes.
        min_speech_seconds: Loud speech that confirms an interruption by itself.
        debounce_seconds: After a false pause, how long no second one is made.
    """

    enabled: bool = True
    min_speech_seconds: float = 0.1
    debounce_seconds: float = 0.4


class BargeIn:
    """Decides about interruptions of one call while the agent is audible."""

    def __init__(self, options: BargeInOptions) -> None:
        self._options = options
        self._paused = False
        self._quiet_windows = 0
        self._quiet_until = 0.0

    def reset(self) -> None:
        """The agent is no longer audible, or the interruption was carried out."""
        self._paused = False
        self._quiet_windows = 0

    def window(self, *, loud_windows: int, loud_seconds: float, now: float) -> BargeInAction | None:
        """One 32 ms window has passed while the agent is audible.

        Args:
            loud_windows: Windows in a row, up to now, of speech loud enough to interrupt.
            loud_seconds: The same in seconds.
            now: Loop time.
        """
        if not self._options.enabled:
            return None
        if not self._paused:
            if loud_windows >= PAUSE_WINDOWS and now >= self._quiet_until:
                self._paused = True
                self._quiet_windows = 0
                return BargeInAction.PAUSE
            return None
        if loud_seconds >= self._options.min_speech_seconds:
            return self._confirm()
        self._quiet_windows = 0 if loud_windows else self._quiet_windows + 1
        if self._quiet_windows < QUIET_WINDOWS:
            return None
        self.reset()
        self._quiet_until = now + self._options.debounce_seconds
        return BargeInAction.RESUME

    def words(self, text: str) -> BargeInAction | None:
        """The recogniser heard these words while the agent is audible."""
        if not self._options.enabled or not text.strip():
            return None
        return self._confirm()

    def _confirm(self) -> BargeInAction:
        self.reset()
        return BargeInAction.CONFIRM
