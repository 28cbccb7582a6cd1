"""When a line's sounds are the caller's speech."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.media.speech_gate import SpeechEdge, SpeechGate, SpeechGateOptions

WINDOWS = st.lists(st.tuples(st.floats(0, 1), st.floats(0, 30000)), max_size=200)


def make_gate(*, min_energy: float = 800, factor: float = 2.8) -> SpeechGate:
    return SpeechGate(SpeechGateOptions(), min_energy=min_energy, baseline_factor=factor)


def feed(gate: SpeechGate, *windows: tuple[float, float]) -> list[SpeechEdge]:
    return [edge for window in windows if (edge := gate.feed(*window)) is not None]


def test_two_windows_of_speech_begin_it_and_three_without_end_it() -> None:
    gate = make_gate()
    assert gate.feed(0.9, 3000) is None
    assert gate.feed(0.9, 3000) is SpeechEdge.STARTED
    assert feed(gate, (0.1, 3000), (0.1, 3000)) == []
    assert gate.feed(0.1, 3000) is SpeechEdge.PAUSED
    assert not gate.speaking


def test_soft_word_endings_belong_to_the_speech() -> None:
    gate = make_gate()
    feed(gate, (0.9, 3000), (0.9, 3000))
    assert feed(gate, *[(0.4, 200)] * 10) == []
    assert gate.speaking


def test_what_can_hardly_be_heard_is_no_speech_whatever_the_model_says() -> None:
    gate = make_gate()
    assert feed(gate, *[(0.99, 30)] * 20) == []


def test_a_click_begins_nothing() -> None:
    gate = make_gate()
    assert feed(gate, *[(0.9, 9000), (0.0, 10)] * 10) == []


@given(WINDOWS)
def test_edges_alternate_and_agree_with_speaking(windows: list[tuple[float, float]]) -> None:
    gate = make_gate()
    previous = False
    for window in windows:
        edge = gate.feed(*window)
        assert (edge is not None) == (gate.speaking != previous)
        assert edge is not SpeechEdge.STARTED or gate.speaking
        previous = gate.speaking


@given(WINDOWS)
def test_loud_windows_count_the_run_of_speech_loud_enough_to_interrupt(
    windows: list[tuple[float, float]],
) -> None:
    gate = make_gate()
    for probability, energy in windows:
        needed, before = gate.interruption_energy, gate.loud_windows
        gate.feed(probability, energy)
        assert gate.loud_windows in (0, before + 1, 2 if before == 0 else 0)
        if gate.loud_windows:
            assert energy >= needed >= 800


def test_on_a_noisy_line_more_is_needed_to_interrupt() -> None:
    gate = make_gate()
    feed(gate, *[(0.05, 600)] * 200)
    assert 2.5 * 600 < gate.interruption_energy <= 2.8 * 600
    feed(gate, *[(0.9, 1200)] * 10)
    assert gate.speaking
    assert gate.loud_windows == 0
    feed(gate, *[(0.9, 2500)] * 3)
    assert gate.loud_windows == 4, "with the window in which it swelled"


def test_speech_does_not_raise_the_noise_level() -> None:
    gate = make_gate()
    feed(gate, *[(0.05, 50)] * 100)
    before = gate.baseline
    feed(gate, *[(0.9, 9000)] * 100)
    assert gate.baseline == before


def test_a_word_that_begins_without_voice_counts_from_its_beginning() -> None:
    gate = SpeechGate(SpeechGateOptions(), min_energy=800, baseline_factor=2.8)
    gate.feed(0.1, 400)  # the "s" of "stop"
    gate.feed(0.9, 3000)
    assert gate.loud_windows == 2
    gate.feed(0.9, 3000)
    assert gate.loud_windows == 3


@pytest.mark.parametrize(("before", "probability"), [(200, 0.95), (400, 0.6)])
def test_without_such_a_beginning_or_in_doubt_a_window_is_one(before: float, probability: float) -> None:
    gate = SpeechGate(SpeechGateOptions(), min_energy=800, baseline_factor=2.8)
    gate.feed(0.1, before)
    gate.feed(probability, 3000)
    assert gate.loud_windows == 1


def test_a_cough_is_told_by_its_blow() -> None:
    gate = make_gate()
    feed(gate, (0.02, 5000), (0.01, 6000), (0.02, 2500), (0.9, 4000), (0.98, 5500))
    assert gate.loud_windows == 3
    assert gate.blow


def test_the_soft_beginning_of_a_word_is_no_blow() -> None:
    gate = make_gate()
    feed(gate, (0.03, 900), (0.05, 1500), (0.97, 9000), (0.99, 15000))
    assert gate.loud_windows == 3
    assert not gate.blow, 'the "s" of "stop"'


def test_a_blow_is_forgotten_by_the_time_somebody_speaks() -> None:
    gate = make_gate()
    feed(gate, (0.02, 9000), *[(0.02, 50)] * 12, (0.9, 5000), (0.95, 5000))
    assert not gate.blow


def test_what_is_as_soft_as_the_line_itself_is_silence_but_only_on_a_quiet_line() -> None:
    gate = make_gate()
    feed(gate, *[(0.05, 85)] * 200)
    assert gate.is_silence(120)
    assert not gate.is_silence(160)
    feed(gate, *[(0.05, 600)] * 200)
    assert gate.is_silence(240)
    assert not gate.is_silence(700), "music may hide speech"


def test_a_vowel_that_the_model_is_not_sure_of_at_once_is_no_blow() -> None:
    gate = make_gate()
    windows = ((0.08, 900, 0.45), (0.15, 3800, 0.1), (0.74, 2000, 0.2), (0.9, 3300, 0.2))
    for probability, energy, crossings in windows:
        gate.feed(probability, energy, crossings)
    assert gate.loud_windows == 2
    assert not gate.blow
