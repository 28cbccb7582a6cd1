"""How long an agent waits, by words and eagerness."""

import pytest

from bot.patience import PATIENCE
from bot.turn_completeness import Completeness
from data.agent_config import TurnEagerness

ORDER = (TurnEagerness.EAGER, TurnEagerness.NORMAL, TurnEagerness.PATIENT)
THRESHOLD = 0.8


def wanted(eagerness: TurnEagerness, kind: Completeness, *, answering: bool = False) -> float:
    return PATIENCE[eagerness].silence_wanted(kind, THRESHOLD, answering=answering)


@pytest.mark.parametrize("eagerness", TurnEagerness)
def test_the_less_whole_a_turn_sounds_the_longer_is_waited(eagerness: TurnEagerness) -> None:
    for answering in (False, True):
        waits = [wanted(eagerness, kind, answering=answering) for kind in Completeness]
        assert waits == sorted(waits)
        assert waits[0] == 0.0


@pytest.mark.parametrize("kind", [Completeness.COMPLETE, Completeness.OPEN, Completeness.DANGLING])
def test_a_patient_agent_waits_longer_and_an_eager_one_less(kind: Completeness) -> None:
    for answering in (False, True):
        waits = [wanted(eagerness, kind, answering=answering) for eagerness in ORDER]
        assert waits == sorted(waits)
        assert waits[0] < waits[2]


def test_the_usual_agent_keeps_to_its_threshold_and_waits_2_s_for_what_goes_on() -> None:
    assert wanted(TurnEagerness.NORMAL, Completeness.OPEN) == THRESHOLD
    assert wanted(TurnEagerness.NORMAL, Completeness.DANGLING) == 2.0


def test_numbers_get_more_time_than_people_take_between_groups_of_digits() -> None:
    assert 0.9 < wanted(TurnEagerness.NORMAL, Completeness.DICTATED) < 1.2
    assert PATIENCE[TurnEagerness.NORMAL].silence_wanted(Completeness.DICTATED, 3.0, answering=True) == 3.0


def test_more_patience_while_a_reply_is_made_stays_within_the_threshold() -> None:
    patience = PATIENCE[TurnEagerness.NORMAL]
    assert patience.silence_wanted(Completeness.COMPLETE, 0.3, answering=True) == 0.3
    assert patience.silence_wanted(Completeness.COMPLETE, 0.1, answering=False) == 0.1
    assert patience.silence_wanted(Completeness.DANGLING, 5.0, answering=False) == 5.0


def test_the_usual_agent_gives_a_breath_more_to_words_it_is_answering_already() -> None:
    assert wanted(TurnEagerness.NORMAL, Completeness.OPEN, answering=True) == pytest.approx(THRESHOLD + 0.25)
    assert wanted(TurnEagerness.EAGER, Completeness.OPEN, answering=True) == pytest.approx(THRESHOLD * 0.6)
