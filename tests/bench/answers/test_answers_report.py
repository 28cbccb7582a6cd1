import pytest

from bench.answers.answers_report import AnswersOptions, CacheUse
from tests.bench.reports import answers_report, answers_row


def test_in_order_is_only_what_shares_nothing_that_it_may_not() -> None:
    assert all(row.is_in_order for row in answers_report().rows)
    for use in (CacheUse.OFF, CacheUse.NUMBERS):
        row = answers_row(use, hits=1)
        assert not row.is_in_order
        assert row.faults


@pytest.mark.parametrize("update", [{"in_good_order": 3}, {"faults": ("call 1: nobody answered",)}])
def test_in_order_is_only_what_went_well(update: dict[str, object]) -> None:
    row = answers_row(CacheUse.ON, hits=2, misses=2)
    bad = row.model_copy(update={"figures": row.figures.model_copy(update=update)})
    assert not bad.is_in_order


def test_every_question_is_asked_by_several_callers() -> None:
    options = AnswersOptions()
    assert all(options.times_of(use) > 1 for use in CacheUse)
    assert options.load.calls == (options.callers,)
