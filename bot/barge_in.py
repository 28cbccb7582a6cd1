"""When the caller may take the word from the agent: pause at once, then confirm or go on.

Stage one silences the agent two windows (64 ms) into loud speech, keeping what was not heard; being wrong costs a
short gap, so it can be quick. Stage two takes its time, for the agent is silent already: a recognised word that
counts is an interruption; a sound that ends, and in which the recogniser finds nothing, is not, and the agent goes
on from where it was. Speech that goes on interrupts without a word as well, unless it sounds like laughter or like
a television across the room. A pure state machine, driven by the media plane.
"""

from dataclasses import dataclass
from enum import StrEnum

from bot.interrupting_words import InterruptingWords, Speech
from bot.media.silero import WINDOW_SECONDS
from bot.media.sound_shape import SoundShape

PAUSE_WINDOWS = 2
BLOW_WINDOWS = 9
"""The same after a blow, such as a cough begins with: longer (288 ms) than what follows of the voice."""
QUIET_WINDOWS = 7
"""Windows (224 ms) without loud speech after which a sound is over. Fewer would take the silence inside a stop
consonant ("what dis-count") for the end of a cough."""
UNANSWERED_WINDOWS = 18
"""The same (576 ms) where the recogniser has not said yet what it heard."""
LAUGHTER_SECONDS = 0.7
"""From when on laughter is known by its rhythm …"""
LAUGHTER_LATEST_SECONDS = 0.9
"""… and until when: whoever goes on speaking may have such a rhythm for a moment as well."""
BACKCHANNEL_SECONDS = 1.1
"""How long a slow "mm-hm" may take, with the silence by which its end is known."""
SPEECH_SHARE = 0.7
"""Part of the windows of a sound that must be likely speech; music, laughter and typing flicker."""


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
        min_speech_seconds: How far beyond the length of an "uh-huh" speech has to go on to interrupt without a
            recognised word; with one it does at any length.
        debounce_seconds: After a false pause, how long no second one is made.
        ignored_terms: Words that are no interruption, besides the usual "uh-huh".
        by_words_only: Sounds do nothing; the agent falls silent at a recognised word.
    """

    enabled: bool = True
    min_speech_seconds: float = 0.1
    debounce_seconds: float = 0.4
    ignored_terms: tuple[str, ...] = ()
    by_words_only: bool = False


class BargeIn:
    """Decides about interruptions of one call while the agent is audible."""

    def __init__(self, options: BargeInOptions) -> None:
        self._options = options
        self._words = InterruptingWords(options.ignored_terms)
        self._continued_seconds = BACKCHANNEL_SECONDS + options.min_speech_seconds
        self._shape = SoundShape(WINDOW_SECONDS)
        self._quiet_until = 0.0
        self._overruled = False
        self.reset()

    def reset(self) -> None:
        """The agent is no longer audible, or the interruption was carried out."""
        self._paused = False
        self._answered = False
        self._windows = 0
        self._likely_windows = 0
        self._quiet_windows = 0

    def window(
        self, *, loud_windows: int, likely: bool, energy: float, now: float, blow: bool = False
    ) -> BargeInAction | None:
        """One 32 ms window has passed while the agent is audible.

        Args:
            loud_windows: Windows in a row, up to now, of speech loud enough to interrupt.
            likely: Whether this window is likely speech, however loud.
            energy: Its RMS.
            now: Loop time.
            blow: The sound began with a blow: louder without voice than with it.
        """
        if not self._options.enabled or self._options.by_words_only:
            return None
        self._quiet_windows = 0 if loud_windows else self._quiet_windows + 1
        if self._quiet_windows >= QUIET_WINDOWS:
            self._overruled = False
        if not self._paused:
            return self._consider_pause(loud_windows, BLOW_WINDOWS if blow else PAUSE_WINDOWS, energy, now)
        self._windows += 1
        self._likely_windows += likely
        self._shape.feed(energy)
        if self._quiet_windows == 0:
            self._answered = False
        if self._quiet_windows >= (QUIET_WINDOWS if self._answered else UNANSWERED_WINDOWS):
            return self._resume(now)
        if self._quiet_windows < QUIET_WINDOWS and self._windows * WINDOW_SECONDS >= LAUGHTER_SECONDS:
            return self._judge_continued(now)
        return None

    def recogniser_answered(self) -> None:
        """The recogniser has said what it heard up to the caller's pause."""
        self._answered = self._paused and self._quiet_windows > 0

    def words(self, text: str, saying: Speech, *, is_final: bool) -> BargeInAction | None:
        """The recogniser heard these words while the agent was saying that; None where they do not count."""
        if not self._options.enabled or not self._words.count(text, saying, is_final=is_final):
            return None
        return self._confirm()

    def _judge_continued(self, now: float) -> BargeInAction | None:
        seconds = self._windows * WINDOW_SECONDS
        is_laughter = seconds <= LAUGHTER_LATEST_SECONDS and self._shape.laughs
        is_speech = self._likely_windows >= SPEECH_SHARE * self._windows and not is_laughter
        if is_speech and seconds < self._continued_seconds:
            return None
        if is_speech and not self._shape.echoes:
            return self._confirm()
        self._overruled = True
        return self._resume(now)

    def _consider_pause(self, loud_windows: int, needed: int, energy: float, now: float) -> BargeInAction | None:
        if loud_windows < needed or now < self._quiet_until or self._overruled:
            return None
        self._paused = True
        self._windows = self._likely_windows = needed
        self._shape.begin()
        for _ in range(needed):
            self._shape.feed(energy)
        return BargeInAction.PAUSE

    def _resume(self, now: float) -> BargeInAction:
        quiet = self._quiet_windows
        self.reset()
        self._quiet_windows = quiet
        self._quiet_until = now + self._options.debounce_seconds
        return BargeInAction.RESUME

    def _confirm(self) -> BargeInAction:
        self.reset()
        return BargeInAction.CONFIRM
