"""Pause at once, then confirm or go on."""

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.barge_in import (
    BACKCHANNEL_SECONDS,
    BLOW_WINDOWS,
    PAUSE_WINDOWS,
    QUIET_WINDOWS,
    UNANSWERED_WINDOWS,
    BargeIn,
    BargeInAction,
    BargeInOptions,
)
from bot.interrupting_words import Speech
from bot.media.silero import WINDOW_SECONDS

ENERGIES = {"#": 3000.0, "o": 100.0, "x": 3000.0, ".": 10.0}
SPEECH = "#########o" * 6
"""1.9 s with a gap now and then."""
PAUSE, CONFIRM, RESUME = BargeInAction.PAUSE, BargeInAction.CONFIRM, BargeInAction.RESUME


@dataclass
class Line:
    """Feeds windows and keeps the actions with the windows at which they came.

    `#` is loud speech, `o` soft speech, `x` is loud without being speech, `.` silence, `a` the recogniser's
    answer (no window).

    Attributes:
        blow: Whether the sounds begin with a blow.
    """

    options: BargeInOptions = field(default_factory=BargeInOptions)
    blow: bool = False
    windows: int = 0
    loud: int = 0
    actions: list[tuple[int, BargeInAction]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.barge_in = BargeIn(self.options)

    def hear(self, pattern: str) -> "Line":
        for mark in pattern:
            if self.actions and self.actions[-1][1] is CONFIRM:
                break  # the agent is silent now
            if mark == "a":
                self.barge_in.recogniser_answered()
                continue
            self.windows += 1
            self.loud = self.loud + 1 if mark == "#" else 0
            action = self.barge_in.window(
                loud_windows=self.loud,
                likely=mark in "#o",
                energy=ENERGIES[mark],
                now=self.windows * WINDOW_SECONDS,
                blow=self.blow,
            )
            if action is not None:
                self.actions.append((self.windows, action))
        return self

    def words(self, text: str, saying: str = "", *, is_final: bool = False) -> BargeInAction | None:
        return self.barge_in.words(text, Speech(saying), is_final=is_final)


QUIET = "a".join("." * QUIET_WINDOWS)
"""Silence after a sound in which the recogniser found nothing."""


def test_loud_speech_pauses_at_the_second_window_and_interrupts_when_it_goes_on() -> None:
    line = Line().hear("...." + SPEECH)
    assert line.actions[0] == (6, PAUSE)
    confirmed, action = line.actions[1]
    assert action is CONFIRM
    wanted = 4 * WINDOW_SECONDS + BACKCHANNEL_SECONDS + line.options.min_speech_seconds
    assert confirmed * WINDOW_SECONDS == pytest.approx(wanted, abs=WINDOW_SECONDS)


@pytest.mark.parametrize(("sound", "longest"), [("####oo" * 10, 0.8), ("#" * 60, 1.3)])
def test_laughter_and_a_voice_with_an_echo_do_not_take_the_word_by_going_on(sound: str, longest: float) -> None:
    line = Line().hear(sound)
    assert [action for _, action in line.actions] == [PAUSE, RESUME]
    assert line.actions[1][0] * WINDOW_SECONDS < longest
    assert line.words("what about Sundays") is CONFIRM, "words count all the same"


def test_after_a_blow_it_takes_more_of_a_voice_to_pause() -> None:
    assert Line(blow=True).hear("#" * (BLOW_WINDOWS - 1) + "." * 10).actions == [], "a cough"
    assert Line(blow=True).hear("#" * BLOW_WINDOWS).actions == [(BLOW_WINDOWS, PAUSE)]


def test_speech_may_be_soft_in_between() -> None:
    assert [action for _, action in Line().hear("##" + "####ooo###" * 5).actions] == [PAUSE, CONFIRM]


def test_a_click_does_nothing() -> None:
    assert Line().hear("#.#.#.#.").actions == []


def test_a_cough_pauses_and_the_agent_goes_on() -> None:
    assert Line().hear("##" + QUIET).actions == [(2, PAUSE), (2 + QUIET_WINDOWS, RESUME)]


def test_a_recogniser_that_has_not_answered_is_waited_for_but_not_for_long() -> None:
    line = Line().hear("##" + "." * UNANSWERED_WINDOWS)
    assert line.actions == [(2, PAUSE), (2 + UNANSWERED_WINDOWS, RESUME)]


def test_an_answer_to_an_earlier_pause_is_no_answer_to_this_one() -> None:
    line = Line().hear("#####..a##" + "." * QUIET_WINDOWS)
    assert [action for _, action in line.actions] == [PAUSE]


def test_the_silence_inside_a_stop_consonant_does_not_give_the_word_back() -> None:
    actions = Line().hear("##" + "." * 5 + SPEECH).actions
    assert [action for _, action in actions] == [PAUSE, CONFIRM]


def test_a_sound_that_flickers_like_music_gives_the_word_back_and_does_not_take_it_again() -> None:
    line = Line().hear("##" + "xx#" * 30)
    assert [action for _, action in line.actions] == [PAUSE, RESUME]
    assert line.actions[1][0] * WINDOW_SECONDS < 1.0
    line.hear("." * QUIET_WINDOWS + "##")
    assert line.actions[-1][1] is PAUSE, "but it may once it has ended"


def test_a_second_cough_within_the_debounce_does_not_pause_again() -> None:
    line = Line(BargeInOptions(debounce_seconds=0.4)).hear("##" + QUIET)
    line.hear("##..##..")
    assert len(line.actions) == 2
    line.hear("........##")
    assert line.actions[-1][1] is PAUSE


def test_speech_that_goes_on_through_the_debounce_pauses_after_it() -> None:
    line = Line(BargeInOptions(debounce_seconds=0.4)).hear("##" + QUIET + SPEECH[:20])
    # 0.4 s after the window of the resumption (9) is window 22.
    assert line.actions[:3] == [(2, PAUSE), (9, RESUME), (22, PAUSE)]


def test_a_longer_least_speech_waits_longer() -> None:
    (_, pause), (confirmed, _) = Line(BargeInOptions(min_speech_seconds=0.4)).hear(SPEECH).actions
    assert pause is PAUSE
    assert confirmed == 47


def test_a_word_interrupts_at_once() -> None:
    line = Line()
    assert line.words("stop") is CONFIRM
    line.hear("##")
    assert line.words("  ") is None
    assert line.words("wait") is CONFIRM


def test_a_listeners_word_does_not_and_the_agent_goes_on_when_it_is_settled() -> None:
    line = Line().hear("########.....")
    assert line.words("Uh-huh.", is_final=True) is None
    assert line.hear("a..").actions[-1] == (15, RESUME)


def test_nothing_interrupts_where_it_is_switched_off() -> None:
    line = Line(BargeInOptions(enabled=False)).hear("#" * 40)
    assert line.actions == []
    assert line.words("stop") is None


def test_a_reset_forgets_a_pause() -> None:
    line = Line().hear("##")
    line.barge_in.reset()
    assert line.hear("......").actions == [(2, PAUSE)]


@given(st.text("#xo.a", max_size=150), st.floats(0.03, 0.5), st.floats(0.0, 1.0))
def test_pauses_and_their_ends_alternate_and_keep_the_debounce(
    pattern: str, min_speech: float, debounce: float
) -> None:
    line = Line(BargeInOptions(min_speech_seconds=min_speech, debounce_seconds=debounce)).hear(pattern)
    windows = pattern.replace("a", "")
    paused, resumed_at = False, -1.0
    for window, action in line.actions:
        if action is PAUSE:
            assert not paused
            assert windows[window - PAUSE_WINDOWS : window] == "#" * PAUSE_WINDOWS
            assert resumed_at < 0 or window * WINDOW_SECONDS >= resumed_at + debounce - 1e-9
            paused = True
        else:
            assert paused
            paused = False
            resumed_at = window * WINDOW_SECONDS if action is RESUME else -1.0


@given(st.text("#xo.a", max_size=200))
def test_no_pause_outlasts_its_sound_by_more_than_the_recogniser_is_given(pattern: str) -> None:
    line = Line().hear(pattern + "." * (UNANSWERED_WINDOWS + 1))
    if line.actions:
        assert line.actions[-1][1] is not PAUSE


def test_an_agent_may_listen_to_words_alone() -> None:
    line = Line(BargeInOptions(by_words_only=True)).hear("#" * 60)
    assert line.actions == []
    assert line.barge_in.words("no, wait", Speech("We open at nine."), is_final=False) is BargeInAction.CONFIRM
