from bench.turns.hesitations import PAUSES_MS, UM, HesitationKind, dictated_replies, hesitations, understood
from bench.turns.replies import SHORT_REPLY
from bench.turns.speech import LEVELS_DBFS, VOICES


def test_every_run_says_the_same_and_all_kinds_equally_often() -> None:
    cases = hesitations(300)
    assert hesitations(400)[:300] == cases
    for kind in HesitationKind:
        assert sum(case.kind is kind for case in cases) == 100


def test_every_kind_is_said_with_every_pause_level_and_voice() -> None:
    for kind in HesitationKind:
        cases = [case for case in hesitations(300) if case.kind is kind]
        assert {case.pause_ms for case in cases} == set(PAUSES_MS)
        assert {case.speech.level_dbfs for case in cases} == set(LEVELS_DBFS)
        assert {case.speech.voice for case in cases} == set(VOICES)
        assert len({(case.speech.text, case.pause_ms) for case in cases}) >= 25


def test_the_pause_that_counts_is_the_longest() -> None:
    for case in hesitations(60):
        assert max(case.speech.pauses_ms) == case.pause_ms
        assert (UM in case.speech.parts) == (case.kind is HesitationKind.UM)


def test_fillers_are_not_understood_and_all_other_parts_are() -> None:
    cases = hesitations(60)
    known = {speech.text for speech in understood(cases)}
    assert UM not in known
    assert {part for case in cases for part in case.speech.parts} - known == {UM}


def test_the_model_is_told_one_short_reply_to_each() -> None:
    replies = dictated_replies()
    for case in hesitations(60):
        assert [replies[words] for words in replies if words in case.speech.text] == [SHORT_REPLY]
