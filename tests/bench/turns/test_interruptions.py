from itertools import pairwise

from bench.turns.interruptions import interruptions
from bench.turns.replies import dictated_replies, long_reply
from bench.turns.speech import LEVELS_DBFS, VOICES


def test_every_run_tries_the_same() -> None:
    assert interruptions(50) == interruptions(100)[:50]


def test_every_level_is_tried_in_every_voice() -> None:
    cases = interruptions(320)
    assert {(case.speech.voice, case.speech.level_dbfs) for case in cases} == {
        (voice, level) for voice in VOICES for level in LEVELS_DBFS
    }
    per_level = [sum(case.speech.level_dbfs == level for case in cases) for level in LEVELS_DBFS]
    assert max(per_level) - min(per_level) < 10


def test_they_differ_in_words_and_moments_and_some_ask_for_nothing() -> None:
    cases = interruptions(320)
    assert len({case.speech.text for case in cases}) > 25
    assert len({case.after_ms for case in cases}) == 11
    assert min(case.after_ms for case in cases) >= 900
    terse = [case for case in cases if case.topic is None]
    assert len(terse) == 64
    assert len({case.speech.text for case in terse}) == 4


def test_no_two_in_a_row_ask_for_the_same() -> None:
    for before, after in pairwise(interruptions(100)):
        assert before.topic is None or before.topic != after.topic


def test_the_model_is_told_a_reply_to_every_interruption() -> None:
    replies = dictated_replies()
    for case in interruptions(40):
        [match] = [words for words in replies if words in case.speech.text]
        if case.topic is not None:
            assert replies[match] == long_reply(case.topic)
            assert len(replies[match].split()) > 60, "long enough to be interrupted"
