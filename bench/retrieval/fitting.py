"""Finds the weights of a calibration, on the fit part only.

Two logistic regressions, in scikit-learn. The first learns which chunk answers, from every chunk that was looked
at for an answerable question. The second learns whether the best chunk answers at all; its examples are the
written questions and, with little weight, every answerable question asked of documents without its answer. How
good both are is judged on businesses that were left out in turn, and there the shift is found that puts 0.7 where
it belongs.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from bench.retrieval.laboratory import Trial
from bench.retrieval.measures import threshold_losing
from data.knowledge.calibration import Calibration, Origin, Weights, answer_features, answer_score, order_scores
from data.knowledge.question_features import FEATURES

COMMAND = "python -m bench retrieval --fit"
DEFAULT_SIMILARITY = 0.7
LOST_AT_DEFAULT = 0.04
"""Share of answerable questions of unseen businesses that may lie below `DEFAULT_SIMILARITY`."""
DEPRIVED_WEIGHT = 0.1
_ORDER_STRENGTH, _ANSWER_STRENGTH = 0.02, 0.3
_ORDER_FEATURES = (
    "dense",
    "passage",
    "keywords",
    "coverage",
    "passage_coverage",
    "code_found",
    "kind_missing_in_chunk",
)
_ANSWER_FEATURES = (*FEATURES, "lead", "order")
_SIZE_OF_COSINE = frozenset(("dense", "passage", "contrast_gain", "contrast_best_gain", "contrast_same"))
"""What another embedding model would have other numbers for."""


@dataclass(frozen=True, slots=True, eq=False)
class _Example:
    values: list[float]
    label: bool
    weight: float


def fit(
    trials: Sequence[Trial], model: str, *, uses_cosines: bool = True, leave_out: frozenset[str] = frozenset()
) -> Calibration:
    """Make a calibration.

    Args:
        trials: Of the fit part, deprived ones among them.
        model: Name of the embedding model, or `GENERIC`.
        uses_cosines: False leaves out whatever depends on the size of a model's cosines.
        leave_out: Further features to leave out, to see what they add.
    """
    if not uses_cosines:
        leave_out |= _SIZE_OF_COSINE
    real = [trial for trial in trials if not trial.is_deprived]
    answerable, unanswerable = left_out_scores(trials, leave_out)
    threshold = threshold_losing(answerable, LOST_AT_DEFAULT)
    shift = math.log(DEFAULT_SIMILARITY / (1 - DEFAULT_SIMILARITY)) - threshold
    order, answer = _fit_both(trials, leave_out)
    return Calibration(
        model=model,
        order=order,
        answer=answer,
        shift=round(shift, 4),
        origin=Origin(
            command=COMMAND,
            questions=len({(trial.business, trial.question) for trial in real}),
            unanswerable=len({(trial.business, trial.question) for trial in real if not trial.is_answerable}),
            businesses=tuple(sorted({trial.business for trial in real})),
            lost_at_default=round(float(np.mean(np.array(answerable) < threshold)), 3),
            rejected_at_default=round(float(np.mean(np.array(unanswerable) < threshold)), 3),
        ),
    )


def left_out_scores(
    trials: Sequence[Trial], leave_out: frozenset[str] = frozenset()
) -> tuple[list[float], list[float]]:
    """Log-odds of every written question, each by weights that have not seen its business.

    Returns:
        Those of the answerable and those of the unanswerable questions.
    """
    answerable: list[float] = []
    unanswerable: list[float] = []
    for business in sorted({trial.business for trial in trials}):
        order, answer = _fit_both([trial for trial in trials if trial.business != business], leave_out)
        for trial in trials:
            if trial.business == business and not trial.is_deprived:
                score = answer_score(answer, trial.features, order_scores(order, trial.features))
                (answerable if trial.is_answerable else unanswerable).append(score)
    return answerable, unanswerable


def _fit_both(trials: Sequence[Trial], leave_out: frozenset[str]) -> tuple[Weights, Weights]:
    order_names = [name for name in _ORDER_FEATURES if name not in leave_out]
    columns = [FEATURES.index(name) for name in order_names]
    useful = [trial for trial in trials if trial.answers.any()]
    order = _logistic(
        order_names,
        np.concatenate([trial.features[:, columns] for trial in useful]),
        np.concatenate([trial.answers for trial in useful]),
        None,
        _ORDER_STRENGTH,
    )
    answer_names = [name for name in _ANSWER_FEATURES if name not in leave_out]
    examples = [_example(trial, order, answer_names) for trial in trials if len(trial.features)]
    answer = _logistic(
        answer_names,
        np.array([example.values for example in examples]),
        np.array([example.label for example in examples]),
        np.array([example.weight for example in examples]),
        _ANSWER_STRENGTH,
    )
    return order, answer


def _example(trial: Trial, order: Weights, names: Sequence[str]) -> _Example:
    values = answer_features(trial.features, order_scores(order, trial.features))
    weight = DEPRIVED_WEIGHT if trial.is_deprived else 1.0
    return _Example([values[name] for name in names], trial.is_answerable, weight)


def _logistic(
    names: Sequence[str],
    values: NDArray[np.float64],
    labels: NDArray[np.bool_],
    weights: NDArray[np.float64] | None,
    strength: float,
) -> Weights:
    """Fit on standardised values; the weights given are for the values as they are."""
    mean, spread = values.mean(axis=0), values.std(axis=0)
    spread[spread < 1e-9] = 1.0
    model = LogisticRegression(C=strength, max_iter=2000)
    model.fit((values - mean) / spread, labels, sample_weight=weights)
    scaled = model.coef_[0] / spread
    bias = float(model.intercept_[0] - (scaled * mean).sum())
    return Weights(
        bias=round(bias, 5),
        features={name: round(float(weight), 5) for name, weight in zip(names, scaled, strict=True)},
    )
