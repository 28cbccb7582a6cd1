"""The one definition of every figure about retrieval, for fitting, tables and plots."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

LOST_SHARES = (0.0, 0.01, 0.02, 0.03, 0.05, 0.07, 0.10, 0.15, 0.20)
"""Where the curve of rejection is read."""


def hit_share(ranks: Sequence[int | None], within: int) -> float:
    """Share of questions whose answer is among the first `within`; None is an answer that was not found."""
    return sum(rank is not None and rank <= within for rank in ranks) / len(ranks) if ranks else 0.0


def mean_reciprocal_rank(ranks: Sequence[int | None]) -> float:
    """Mean of 1 / rank; an answer that was not found counts as 0."""
    return sum(1 / rank for rank in ranks if rank) / len(ranks) if ranks else 0.0


def threshold_losing(answerable: Sequence[float], lost: float) -> float:
    """The highest threshold below which no more than a share of the answerable questions lie."""
    ordered = sorted(answerable)
    return ordered[min(math.floor(lost * len(ordered) + 1e-9), len(ordered) - 1)]


def rejected_share(answerable: Sequence[float], unanswerable: Sequence[float], lost: float) -> float:
    """Share of unanswerable questions below the threshold that loses at most a share of the answerable ones."""
    threshold = threshold_losing(answerable, lost)
    return sum(value < threshold for value in unanswerable) / len(unanswerable)


def rejection_curve(answerable: Sequence[float], unanswerable: Sequence[float]) -> tuple[float, ...]:
    """`rejected_share` at each of `LOST_SHARES`."""
    return tuple(rejected_share(answerable, unanswerable, lost) for lost in LOST_SHARES)


def separation(answerable: Sequence[float], unanswerable: Sequence[float]) -> float:
    """How often an answerable question has the higher number than an unanswerable one (area under the curve)."""
    higher: NDArray[np.float64] = np.asarray(answerable)[:, None] - np.asarray(unanswerable)[None]
    return float(np.mean((higher > 0) + 0.5 * (higher == 0)))
