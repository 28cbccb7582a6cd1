"""Pause at once, then confirm or go on."""

from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from bot.barge_in import PAUSE_WINDOWS, QUIET_WINDOWS, BargeIn, BargeInAction, BargeInOptions
from bot.media.silero import WINDOW_SECONDS

PAUSE, CONFIRM, RESUME = BargeInAction.PAUSE, BargeInAction.CONFIRM, BargeInAction.RESUME


@dataclass
class Line:
    """Feeds windows, loud or not, and keeps the actions with the windows at which they came."""

    options: BargeInOptions = field(default_factory=BargeInOptions)
    windows: int = 0
    loud: int = 0
    actions: list[tuple[int, BargeInAction]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.barge_in = BargeIn(self.options)

    def hear(self, pattern: str) -> "Line":
        for mark in pattern:
            self.windows += 1
            self.loud = self.loud + 1 if mark == "#" else 0
            action = self.barge_in.window(
                loud_windows=self.loud,
                loud_seconds=self.loud * WINDOW_SECONDS,
                now=self.windows * WINDOW_SECONDS,
            )
            if action is not None:
                self.actions.append((self.windows, action))
        return self


QUIET = "." * QUIET_WINDOWS


def test_loud_speech_pauses_at_the_second_window_and_interrupts_at_the_least_length() -> None:
    assert Line().hear("....####").actions == [(6, PAUSE), (8, CONFIRM)]


def test_a_click_does_nothing() -> None:
    assert Line().hear("#.#.#.#.").actions == []


def test_a_cough_pauses_and_the_agent_goes_on() -> None:
    assert Line().hear("##" + QUIET).actions == [(2, PAUSE), (2 + QUIET_WINDOWS, RESUME)]


def test_the_silence_inside_a_stop_consonant_does_not_give_the_word_back() -> None:
    assert Line().hear("##" + "." * 5 + "####").actions == [(2, PAUSE), (11, CONFIRM)]


def test_a_second_cough_within_the_debounce_does_not_pause_again() -> None:
    line = Line(BargeInOptions(debounce_seconds=0.4)).hear("##" + QUIET)
    line.hear("##..##..")
    assert len(line.actions) == 2
    line.hear("........##")
    assert line.actions[-1][1] is PAUSE


def test_speech_that_goes_on_through_the_debounce_interrupts_after_it() -> None:
    line = Line(BargeInOptions(debounce_seconds=0.4)).hear("##" + QUIET + "#" * 20)
    # 0.4 s after the window of the resumption (9) is window 22; one more confirms.
    assert line.actions[:4] == [(2, PAUSE), (9, RESUME), (22, PAUSE), (23, CONFIRM)]


def test_a_longer_least_speech_waits_longer() -> None:
    line = Line(BargeInOptions(min_speech_seconds=0.3)).hear("#" * 10)
    assert line.actions == [(2, PAUSE), (10, CONFIRM)]


def test_a_word_interrupts_at_once() -> None:
    line = Line()
    assert line.barge_in.words("stop") is CONFIRM
    line.hear("##")
    assert line.barge_in.words("  ") is None
    assert line.barge_in.words("wait") is CONFIRM


def test_nothing_interrupts_where_it_is_switched_off() -> None:
    line = Line(BargeInOptions(enabled=False)).hear("#" * 40)
    assert line.actions == []
    assert line.barge_in.words("stop") is None


def test_a_reset_forgets_a_pause() -> None:
    line = Line().hear("##")
    line.barge_in.reset()
    assert line.hear("......").actions == [(2, PAUSE)]


@given(st.text("#.", max_size=150), st.floats(0.03, 0.5), st.floats(0.0, 1.0))
def test_pauses_and_their_ends_alternate_and_keep_the_debounce(
    pattern: str, min_speech: float, debounce: float
) -> None:
    line = Line(BargeInOptions(min_speech_seconds=min_speech, debounce_seconds=debounce)).hear(pattern)
    paused, resumed_at = False, -1.0
    for window, action in line.actions:
        if action is PAUSE:
            assert not paused
            assert pattern[window - PAUSE_WINDOWS : window] == "#" * PAUSE_WINDOWS
            assert resumed_at < 0 or window * WINDOW_SECONDS >= resumed_at + debounce - 1e-9
            paused = True
        else:
            assert paused
            paused = False
            resumed_at = window * WINDOW_SECONDS if action is RESUME else -1.0
