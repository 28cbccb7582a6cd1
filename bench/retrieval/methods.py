"""Ways to retrieve, side by side, so that each part of ours shows what it adds.

All are judged on the test part; those with weights have them from the fit part.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from bench.retrieval.fitting import fit
from bench.retrieval.laboratory import Trial
from bench.retrieval.measures import (
    hit_share,
    mean_reciprocal_rank,
    rejection_curve,
    separation,
)
from bench.retrieval.question_set import QuestionKind
from bench.retrieval.retrieval_report import MethodRow
from data.knowledge.calibration import GENERIC, Calibration, answer_score, order_scores
from data.knowledge.question_features import FEATURES

Scores = Callable[[Trial], tuple[NDArray[np.float64], float]]
"""For a trial: a number to order its chunks by, and one that says how likely the question is answered."""

_PASSAGES = ("passage", "passage_coverage")
_KEYWORDS = ("keywords", "keywords_of_best", "coverage", "rarest", "heading", "unknown_words")
_CUES = ("code_found", "code_missing", "kind_found", "kind_missing", "kind_missing_in_chunk")
_CONTRAST = tuple(name for name in FEATURES if name.startswith("contrast"))


def compare(
    fit_trials: Sequence[Trial], test_trials: Sequence[Trial], unresolved: Sequence[Trial]
) -> list[MethodRow]:
    """Every method on the test part.

    Args:
        fit_trials: To find weights with.
        test_trials: To judge with, none of them deprived.
        unresolved: The test part's questions again, follow-ups searched as they were said.
    """

    def fitted(*without: str) -> Scores:
        return _weighted(fit(fit_trials, "bench", leave_out=frozenset(without)))

    return [
        _row("plain dense, follow-ups as said", unresolved, _column("dense")),
        _row("plain dense", test_trials, _column("dense")),
        _row("keywords (BM25)", test_trials, _column("keywords")),
        _row("dense + keywords", test_trials, fitted(*_PASSAGES, *_CUES, *_CONTRAST)),
        _row("… + passages", test_trials, fitted(*_CUES, *_CONTRAST)),
        _row("… + codes and kinds of answer", test_trials, fitted(*_CONTRAST)),
        _row("… + contrast: all of it", test_trials, fitted()),
        _row(
            "all of it, weights of no certain model",
            test_trials,
            _weighted(fit(fit_trials, GENERIC, uses_cosines=False)),
        ),
    ]


def _column(name: str) -> Scores:
    index = FEATURES.index(name)

    def scores(trial: Trial) -> tuple[NDArray[np.float64], float]:
        values = trial.features[:, index]
        return values, float(values.max(initial=0.0))

    return scores


def _weighted(calibration: Calibration) -> Scores:
    def scores(trial: Trial) -> tuple[NDArray[np.float64], float]:
        values = order_scores(calibration.order, trial.features)
        return values, answer_score(calibration.answer, trial.features, values)

    return scores


def _row(name: str, trials: Sequence[Trial], scores: Scores) -> MethodRow:
    ranks: list[int | None] = []
    kinds: list[QuestionKind] = []
    answerable: list[float] = []
    unanswerable: list[float] = []
    for trial in trials:
        order, answered = scores(trial)
        if not trial.is_answerable:
            unanswerable.append(answered)
            continue
        answerable.append(answered)
        found = np.flatnonzero(trial.answers[np.argsort(-order, kind="stable")])
        ranks.append(int(found[0]) + 1 if len(found) else None)
        kinds.append(trial.question.kind)
    return MethodRow(
        name=name,
        hit_at_1=round(hit_share(ranks, 1), 4),
        hit_at_3=round(hit_share(ranks, 3), 4),
        reciprocal_rank=round(mean_reciprocal_rank(ranks), 4),
        hit_at_3_by_kind={
            kind: round(hit_share([rank for rank, of in zip(ranks, kinds, strict=True) if of is kind], 3), 4)
            for kind in QuestionKind
            if kind in kinds
        },
        separation=round(separation(answerable, unanswerable), 4),
        rejected=tuple(round(share, 4) for share in rejection_curve(answerable, unanswerable)),
    )
