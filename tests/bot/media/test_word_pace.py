"""How soon the recogniser has words."""

import pytest

from bot.media.word_pace import REMEMBERED, SLACK_SECONDS, SLOWEST_SECONDS, WordPace, WordWatch


def heard(*delays: float) -> WordPace:
    pace = WordPace()
    for delay in delays:
        watch = WordWatch(pace)
        watch.speech_began(10.0)
        watch.words(10.0 + delay)
        watch.words(10.0 + delay + 5)
    return pace


def test_nothing_is_known_before_the_first_words() -> None:
    pace = WordPace()
    watch = WordWatch(pace)
    watch.words(1.0)
    watch.speech_began(2.0)
    assert pace.due_seconds is None


def test_all_but_the_slowest_utterances_of_all_calls_count() -> None:
    assert heard(0.5).due_seconds == pytest.approx(0.5 + SLACK_SECONDS)
    assert heard(0.5, 0.75, 0.25).due_seconds == pytest.approx(0.75 + SLACK_SECONDS)
    assert heard(*[0.5] * 9, 3.0).due_seconds == pytest.approx(0.5 + SLACK_SECONDS)


def test_what_was_long_ago_is_forgotten() -> None:
    assert heard(*[1.2] * REMEMBERED, *[0.5] * REMEMBERED).due_seconds == pytest.approx(0.5 + SLACK_SECONDS)


def test_a_slow_recogniser_says_nothing_by_its_silence() -> None:
    assert heard(*[SLOWEST_SECONDS + 0.25] * 3).due_seconds is None


def test_a_sound_without_words_is_not_counted_with_the_next_one() -> None:
    pace = WordPace()
    watch = WordWatch(pace)
    watch.speech_began(1.0)
    watch.speech_began(5.0)
    watch.words(5.5)
    assert pace.due_seconds == pytest.approx(0.5 + SLACK_SECONDS)
