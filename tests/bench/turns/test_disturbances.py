import numpy as np
import pytest

from bench.turns.disturbances import BACKCHANNELS, Disturbance, disturbances
from bench.turns.hearing import KnownReply
from bench.turns.levels import SAMPLE_RATE, level_dbfs
from bench.turns.noise import judge
from bench.turns.noise_report import Effect
from bench.turns.sounds import SoundKind
from bench.turns.speech import VOICES
from simulator.twilio.mulaw import SILENCE
from tests.bench.turns.test_hearing import OTHER, REPLY, SECOND

KINDS = tuple(SoundKind)
QUIET = bytes([SILENCE])


def of_kind(kind: SoundKind, count: int) -> list[Disturbance]:
    """The first few of a kind."""
    return [case for case in disturbances(count * len(KINDS)) if case.kind is kind]


@pytest.mark.parametrize("kind", KINDS)
def test_sounds_are_as_loud_and_as_long_as_they_should_be(kind: SoundKind) -> None:
    for case in of_kind(kind, 5):
        signal = case.signal()
        assert level_dbfs(signal) == pytest.approx(case.level_dbfs, abs=1.5)
        assert 0.05 < signal.size / SAMPLE_RATE < 5.0
        assert np.isfinite(signal).all()


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_sound_is_made_every_time_and_no_two_are_alike(kind: SoundKind) -> None:
    first, again = (of_kind(kind, 2) for _ in range(2))
    assert first == again
    assert [case.prepare(-58.0).frames for case in first] == [case.prepare(-58.0).frames for case in again]
    assert first[0].prepare().frames != first[1].prepare().frames


def test_all_kinds_come_equally_often_at_all_levels_and_in_all_voices() -> None:
    cases = disturbances(400)
    assert disturbances(1000)[:400] == cases
    for kind in KINDS:
        chosen = [case for case in cases if case.kind is kind]
        assert len(chosen) == 50
        assert len({case.level_dbfs for case in chosen}) == 5
    spoken = [case for case in cases if case.kind is SoundKind.BACKCHANNEL]
    assert {case.words for case in spoken} == set(BACKCHANNELS)
    assert {case.voice for case in spoken} == set(VOICES)
    assert len({(case.words, case.level_dbfs) for case in spoken}) == 25


@pytest.mark.parametrize("kind", KINDS)
def test_every_sound_can_be_heard(kind: SoundKind) -> None:
    for case in of_kind(kind, 5):
        assert case.prepare().onset_frame is not None


def test_what_a_sound_did_is_told_by_what_was_heard() -> None:
    gap, reply = QUIET * (SECOND // 2), KnownReply(REPLY)
    begun, rest = REPLY[2 * SECOND : 3 * SECOND], REPLY[2 * SECOND : 5 * SECOND]
    assert judge(rest, reply, was_cleared=False) == (Effect.NONE, None)
    assert judge(rest + 2 * gap, reply, was_cleared=False) == (Effect.NONE, None), "a breath is no stop"
    effect, gap_ms = judge(begun + gap + rest, reply, was_cleared=True)
    assert effect is Effect.FALSE_PAUSE
    assert gap_ms is not None
    assert 500 <= gap_ms < 700
    for stopped in (begun + 8 * gap, begun + gap + OTHER[: 2 * SECOND], b""):
        assert judge(stopped, reply, was_cleared=True) == (Effect.FALSE_STOP, None)
