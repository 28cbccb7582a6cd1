"""Fits the classifier's weights: multinomial logistic regression with an L2 penalty, in numpy.

Deterministic: the same utterances and the same embeddings give the same weights.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.intents.dataset import Utterance
from bot.intent.features import lexical_features
from bot.intent.linear_model import LABELS, LinearModel
from bot.intent.turn import read_turn

PENALTY = 2e-3
"""Chosen by five-fold cross-validation over the families of the training half."""
STEPS = 1500
LEARNING_RATE = 0.05
_MOMENTUM, _SCALE, _TINY = 0.9, 0.999, 1e-8
"""Adam's usual constants (Kingma and Ba, 2015)."""

Matrix = NDArray[np.float32]


def fit_model(
    utterances: Sequence[Utterance], embeddings: Matrix, embedding_model: str, penalty: float = PENALTY
) -> LinearModel:
    """Weights for utterances with and without their embeddings.

    Args:
        utterances: The training half.
        embeddings: One row each.
        embedding_model: The model that made them.
        penalty: Of the squared weights.
    """
    lexical = np.stack([lexical_features(read_turn(item.text, item.context)) for item in utterances])
    wanted = np.zeros((len(utterances), len(LABELS)), dtype=np.float64)
    wanted[np.arange(len(utterances)), [LABELS.index(item.label) for item in utterances]] = 1.0
    return LinearModel(
        with_embedding=_fit(np.concatenate([embeddings, lexical], axis=1), wanted, penalty),
        lexical=_fit(lexical, wanted, penalty),
        embedding_model=embedding_model,
    )


def save_model(model: LinearModel, path: Path) -> None:
    """Write the weights, as half-precision numbers: they decide nothing in the fourth digit."""
    np.savez_compressed(
        path,
        with_embedding=model.with_embedding.astype(np.float16),
        lexical=model.lexical.astype(np.float16),
        embedding_model=np.array(model.embedding_model),
    )


def _fit(features: Matrix, wanted: NDArray[np.float64], penalty: float) -> Matrix:
    rows = features.astype(np.float64)
    weights = np.zeros((rows.shape[1], wanted.shape[1]))
    first, second = np.zeros_like(weights), np.zeros_like(weights)
    for step in range(1, STEPS + 1):
        logits = rows @ weights
        shares = np.exp(logits - logits.max(axis=1, keepdims=True))
        shares /= shares.sum(axis=1, keepdims=True)
        gradient = rows.T @ (shares - wanted) / len(rows) + penalty * weights
        first = _MOMENTUM * first + (1 - _MOMENTUM) * gradient
        second = _SCALE * second + (1 - _SCALE) * gradient**2
        change = (first / (1 - _MOMENTUM**step)) / (np.sqrt(second / (1 - _SCALE**step)) + _TINY)
        weights -= LEARNING_RATE * (1 - step / (STEPS + 1)) * change
    return weights.astype(np.float32)
