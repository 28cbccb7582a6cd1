"""What is done about silence, second by second."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.silence import MOST_PROMPTS, Silence, SilenceAction, SilenceOptions

STEP = 0.1


class Line:
    """A call on a clock of its own."""

    def __init__(self, options: SilenceOptions | None = None) -> None:
        self.now = 0.0
        self.silence = Silence(options or SilenceOptions(), self.now)
        self.done: list[tuple[SilenceAction, float]] = []

    def quiet(self, seconds: float) -> None:
        """Nobody is heard."""
        self._pass(seconds, sound=False)

    def sound(self, seconds: float) -> None:
        """Somebody is heard."""
        self._pass(seconds, sound=True)

    def ask(self) -> None:
        """The caller says something that has to be answered."""
        self.silence.turn_began()
        self.sound(1.0)
        self.silence.turn_ended(self.now, words=True)

    @property
    def actions(self) -> list[SilenceAction]:
        """What was done."""
        return [action for action, _ in self.done]

    def _pass(self, seconds: float, *, sound: bool) -> None:
        for _ in range(round(seconds / STEP)):
            self.now += STEP
            action = self.silence.look(self.now, sound=sound)
            if action is not None:
                self.done.append((action, round(self.now, 1)))


def test_a_caller_who_says_nothing_is_asked_twice_and_then_taken_leave_of() -> None:
    line = Line()
    line.sound(2.0)  # the greeting
    for _ in range(4):
        line.quiet(7.1)
        line.sound(1.0)
    assert line.actions == [SilenceAction.PROMPT] * MOST_PROMPTS + [SilenceAction.GOODBYE]


def test_a_word_from_the_caller_begins_the_count_anew() -> None:
    line = Line()
    line.sound(1.0)
    line.quiet(15)
    line.ask()
    line.sound(2.0)
    line.silence.answered(line.now)
    line.quiet(15)
    assert line.actions == [SilenceAction.PROMPT] * 4


def test_without_prompts_there_is_no_goodbye_either() -> None:
    line = Line(SilenceOptions(prompt_after=None, first_prompt_after=None))
    line.quiet(600)
    assert line.actions == []


def test_a_limit_in_seconds_ends_the_call_between_prompts() -> None:
    line = Line(SilenceOptions(goodbye_after=20.0))
    line.sound(1.0)
    line.silence.answered(line.now)
    line.quiet(60)
    assert line.actions == [SilenceAction.PROMPT, SilenceAction.PROMPT, SilenceAction.GOODBYE]
    assert line.done[-1][1] == pytest.approx(21.0, abs=0.2)


def test_a_long_answer_is_no_silence_of_the_caller() -> None:
    line = Line(SilenceOptions(goodbye_after=20.0))
    line.ask()
    line.sound(40.0)
    line.silence.answered(line.now)
    line.quiet(5)
    assert line.actions == []


def test_who_is_to_speak_first_gets_a_time_of_their_own() -> None:
    line = Line(SilenceOptions(first_prompt_after=15.0))
    line.quiet(14.5)
    assert line.actions == []
    line.quiet(1)
    assert line.actions == [SilenceAction.PROMPT]


def test_a_slow_answer_is_filled_and_no_silence_passes_four_seconds() -> None:
    line = Line()
    line.ask()
    began = line.now
    fillers = 0
    for _ in range(4):
        while len(line.done) == fillers:
            line.quiet(STEP)
        fillers = len(line.done)
        line.sound(0.8)
    assert line.actions == [SilenceAction.FILL] * 4
    assert line.done[0][1] - began == pytest.approx(1.2, abs=0.15)
    gaps = [later - earlier for (_, earlier), (_, later) in zip(line.done, line.done[1:], strict=False)]
    assert all(gap <= 4.0 for gap in gaps)


def test_an_answer_that_got_lost_is_made_again_and_then_apologised_for() -> None:
    line = Line()
    line.ask()
    line.quiet(9)
    assert line.actions == [SilenceAction.FILL, SilenceAction.RETRY, SilenceAction.APOLOGISE]


def test_an_answer_in_time_needs_nothing() -> None:
    line = Line()
    line.ask()
    line.quiet(0.8)
    line.sound(2.0)
    line.silence.answered(line.now)
    line.quiet(5)
    assert line.actions == []


def test_fillers_can_be_switched_off() -> None:
    line = Line(SilenceOptions(filler_after=None))
    line.ask()
    line.quiet(3.9)
    assert line.actions == []


def test_an_answer_that_is_being_made_is_slow_and_not_lost() -> None:
    silence = Silence(SilenceOptions(filler_after=None), 0.0)
    silence.turn_ended(0.0, words=True)
    assert [silence.look(second, sound=False, busy=True) for second in range(30)] == [None] * 30


def test_a_caller_who_asked_for_a_moment_is_left_alone_until_they_speak() -> None:
    line = Line()
    line.ask()
    line.silence.leave_alone(line.now)
    line.silence.answered(line.now)
    line.quiet(60)
    assert line.actions == []
    line.ask()
    line.sound(1.0)
    line.silence.answered(line.now)
    line.quiet(8)
    assert line.actions == [SilenceAction.PROMPT]


def test_a_moment_does_not_last_for_ever() -> None:
    line = Line()
    line.ask()
    line.silence.leave_alone(line.now)
    line.silence.answered(line.now)
    line.quiet(130)
    assert line.actions[0] is SilenceAction.PROMPT


def test_nothing_is_said_into_a_turn_of_the_caller() -> None:
    line = Line()
    line.sound(1.0)
    line.silence.turn_began()
    line.quiet(30)
    assert line.actions == []


@given(
    st.lists(
        st.tuples(st.sampled_from(["quiet", "sound", "ask", "answered", "noise"]), st.floats(0.1, 20)), max_size=30
    )
)
def test_nothing_follows_a_goodbye_and_prompts_are_never_too_many(steps: list[tuple[str, float]]) -> None:
    line = Line()
    for kind, seconds in steps:
        match kind:
            case "quiet":
                line.quiet(seconds)
            case "sound":
                line.sound(seconds)
            case "ask":
                line.ask()
            case "answered":
                line.silence.answered(line.now)
            case _:
                line.silence.turn_began()
                line.silence.turn_ended(line.now, words=False)
    actions = line.actions
    if SilenceAction.GOODBYE in actions:
        assert actions.index(SilenceAction.GOODBYE) == len(actions) - 1
    if "ask" not in [kind for kind, _ in steps]:
        assert actions.count(SilenceAction.PROMPT) <= MOST_PROMPTS
