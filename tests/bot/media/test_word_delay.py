"""How soon the recogniser has words."""

from bot.media.word_delay import REMEMBERED, SLACK_SECONDS, SLOWEST_SECONDS, WordDelay


def heard(*delays: float) -> WordDelay:
    word_delay = WordDelay()
    for number, delay in enumerate(delays):
        word_delay.speech_began(10.0 * number)
        word_delay.words(10.0 * number + delay)
        word_delay.words(10.0 * number + delay + 5)
    return word_delay


def test_nothing_is_known_before_the_first_words() -> None:
    word_delay = WordDelay()
    word_delay.words(1.0)
    word_delay.speech_began(2.0)
    assert word_delay.due_seconds is None


def test_what_is_usual_among_the_last_utterances_counts() -> None:
    assert heard(0.4).due_seconds == 0.4 + SLACK_SECONDS
    assert heard(0.5, 0.75, 0.25).due_seconds == 0.5 + SLACK_SECONDS
    assert heard(1.0, 1.0, 1.0, *[0.5] * (REMEMBERED // 2 + 1)).due_seconds == 0.5 + SLACK_SECONDS


def test_a_slow_recogniser_says_nothing_by_its_silence() -> None:
    assert heard(SLOWEST_SECONDS + 0.25).due_seconds is None
