"""Call phases."""

from hypothesis import given
from hypothesis import strategies as st

from bot.phases import CallPhase


def test_a_call_goes_from_its_start_through_discovery_to_work() -> None:
    phase = CallPhase.CALL_START
    seen = []
    for turns in range(4):
        phase = phase.advance(turns)
        seen.append(phase)
    assert seen == [CallPhase.CALL_START, CallPhase.DISCOVERY, CallPhase.DISCOVERY, CallPhase.ACTIVE]


def test_a_known_need_ends_the_discovery() -> None:
    assert CallPhase.CALL_START.advance(1, need_is_known=True) is CallPhase.ACTIVE
    assert CallPhase.CALL_START.advance(0, need_is_known=True) is CallPhase.CALL_START


@given(st.sampled_from(CallPhase), st.integers(-1, 10), st.booleans())
def test_never_goes_back(phase: CallPhase, turns: int, known: bool) -> None:
    order = list(CallPhase)
    assert order.index(phase.advance(turns, need_is_known=known)) >= order.index(phase)


def test_every_phase_has_one_short_instruction() -> None:
    assert all(0 < len(phase.instruction) < 120 for phase in CallPhase)
