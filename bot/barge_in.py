"""When the caller may take the word from the agent: pause at once, then confirm or go on.

Stage one silences the agent two windows (64 ms) into loud speech, keeping what was not heard; being wrong costs a
short gap, so it can be quick. Stage two takes its time, for the agent is silent already: a recognised word that
counts is an interruption; a sound that ends, and in which the recogniser finds nothing, is not, and the agent goes
on from where it was. Speech that goes on without a break interrupts as well, unless the recogniser is known to be
quick and would have had words by then: a laugh or the television. A pure state machine, driven by the media plane.
"""

from dataclasses import dataclass
from enum import StrEnum

from bot.interrupting_words import InterruptingWords, Speech
from bot.media.silero import WINDOW_SECONDS

PAUSE_WINDOWS = 2
BLOW_WINDOWS = 9
"""The same after a blow, such as a cough begins with: longer (288 ms) than what follows of the voice."""
QUIET_WINDOWS = 7
"""Windows (224 ms) without loud speech after which a sound is over. Fewer would take the silence inside a stop
consonant ("what dis-count") for the end of a cough."""
UNANSWERED_WINDOWS = 18
"""The same (576 ms) where the recogniser has not said yet what it heard."""
BACKCHANNEL_SECONDS = 0.7
"""How long an "uh-huh" may take, or a laugh."""
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
            recognised word, as long as nothing is known of the recogniser; with a word it does at any length.
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
        self, *, loud_windows: int, likely: bool, now: float, blow: bool = False, words_due: float | None = None
    ) -> BargeInAction | None:
        """One 32 ms window has passed while the agent is audible.

        Args:
            loud_windows: Windows in a row, up to now, of speech loud enough to interrupt.
            likely: Whether this window is likely speech, however loud.
            now: Loop time.
            blow: The sound began with a blow: louder without voice than with it.
            words_due: Seconds of speech after which the recogniser would have had words; None if not known.
        """
        if not self._options.enabled or self._options.by_words_only:
            return None
        self._quiet_windows = 0 if loud_windows else self._quiet_windows + 1
        if self._quiet_windows >= QUIET_WINDOWS:
            self._overruled = False
        if not self._paused:
            return self._consider_pause(loud_windows, BLOW_WINDOWS if blow else PAUSE_WINDOWS, now)
        self._windows += 1
        self._likely_windows += likely
        if self._quiet_windows == 0:
            self._answered = False
        if self._quiet_windows >= (QUIET_WINDOWS if self._answered else UNANSWERED_WINDOWS):
            return self._resume(now)
        if self._quiet_windows < QUIET_WINDOWS and self._windows * WINDOW_SECONDS >= self._continued_seconds:
            return self._judge_continued(words_due, now)
        return None

    def recogniser_answered(self) -> None:
        """The recogniser has said what it heard up to the caller's pause."""
        self._answered = self._paused and self._quiet_windows > 0

    def words(self, text: str, saying: Speech, *, is_final: bool) -> BargeInAction | None:
        """The recogniser heard these words while the agent was saying that; None where they do not count."""
        if not self._options.enabled or not self._words.count(text, saying, is_final=is_final):
            return None
        return self._confirm()

    def _judge_continued(self, words_due: float | None, now: float) -> BargeInAction | None:
        if self._likely_windows >= SPEECH_SHARE * self._windows:
            if words_due is None:
                return self._confirm()
            if self._windows * WINDOW_SECONDS < words_due:
                return None
        self._overruled = True
        return self._resume(now)

    def _consider_pause(self, loud_windows: int, needed: int, now: float) -> BargeInAction | None:
        if loud_windows < needed or now < self._quiet_until or self._overruled:
            return None
        self._paused = True
        self._windows = self._likely_windows = needed
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
