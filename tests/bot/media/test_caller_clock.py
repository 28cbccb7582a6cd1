"""When the caller last spoke, and began to."""

from bot.media.caller_clock import AUDIBLE_ENERGY, CallerClock


def test_an_onset_needs_quiet_before_it() -> None:
    clock = CallerClock()
    for at in (1.0, 1.1, 1.25, 2.0, 2.1):
        clock.heard(AUDIBLE_ENERGY, at)
    assert clock.onset_at == 2.0
    assert clock.last_sound_at == 2.1


def test_what_is_below_minus_40_dbfs_is_silence() -> None:
    clock = CallerClock()
    clock.heard(AUDIBLE_ENERGY - 1, 1.0)
    assert clock.last_sound_at is None
