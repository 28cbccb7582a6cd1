"""From evidence to the one number that an operator sets: how likely a chunk holds the answer.

A cosine means another thing for every embedding model and hardly tells an answer from a neighbour of it. Here two
logistic models weigh the evidence (`question_features`): one orders the chunks, the other says how likely the best
one answers. Their weights are files beside this module, one for each embedding model, made by
`python -m bench retrieval --fit`; how, and what 0.7 means, is in docs/retrieval.md.
"""

import math
from importlib import resources
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from config.errors import ConfigurationError
from data.knowledge.passage_index import Matches
from data.knowledge.question_features import FEATURES, feature_matrix

GENERIC = "generic"
"""Used for an embedding model without weights of its own; makes no use of the size of a cosine."""
_LEAD_LIMIT = 5.0
_ALONE_LEAD = 3.0
"""Lead of a chunk that nothing competes with."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Weights(_Frozen):
    """One logistic model: log-odds = bias + Σ weight × feature."""

    bias: float
    features: dict[str, float]


class Origin(_Frozen):
    """How the weights were made."""

    command: str
    questions: int
    unanswerable: int
    businesses: tuple[str, ...]
    lost_at_default: float
    """Share of answerable questions below 0.7, on businesses that were left out of the fitting in turn."""
    rejected_at_default: float
    """Share of unanswerable ones below 0.7, likewise."""


class Calibration(_Frozen):
    """What evidence is worth, for one embedding model.

    Attributes:
        model: The embedding model; `GENERIC` for all others.
        order: Which chunk answers.
        answer: Whether the best one does; beside `FEATURES` it may use `lead` (log-odds of the best chunk over the
            second) and `order` (log-odds of the best chunk).
        shift: Added to the log-odds of `answer`, so that 0.7 is where it should be.
    """

    model: str
    order: Weights
    answer: Weights
    shift: float = 0.0
    origin: Origin | None = None
    format: Annotated[int, Field(ge=1)] = 1

    @model_validator(mode="after")
    def _known_features(self) -> "Calibration":
        known = {*FEATURES, "lead", "order"}
        unknown = (self.order.features.keys() | self.answer.features.keys()) - known
        if unknown:
            raise ValueError(f"unknown features: {', '.join(sorted(unknown))}")
        return self

    def rank(self, matches: Matches) -> tuple[list[int], list[float]]:
        """Order the chunks of a search.

        Returns:
            Positions in `matches.entries`, best first, and for each the likelihood (0 to 1) that the documents'
            answer is in it. The first is the likelihood that the question is answered at all.
        """
        if not matches.entries:
            return [], []
        features = feature_matrix(matches.question, matches.evidence)
        scores = order_scores(self.order, features)
        positions = [int(index) for index in np.argsort(-scores, kind="stable")]
        likelihood = _logistic(answer_score(self.answer, features, scores) + self.shift)
        best = _logistic(float(scores[positions[0]]))
        return positions, [likelihood * _logistic(float(scores[index])) / best for index in positions]


def order_scores(weights: Weights, features: NDArray[np.float64]) -> NDArray[np.float64]:
    """Log-odds of every chunk to hold the answer."""
    scores: NDArray[np.float64] = features @ _vector(weights) + weights.bias
    return scores


def answer_features(features: NDArray[np.float64], scores: NDArray[np.float64]) -> dict[str, float]:
    """What is known of the best chunk; the values that `Calibration.answer` weighs."""
    order = np.argsort(-scores, kind="stable")
    best = int(order[0])
    lead = float(scores[best] - scores[order[1]]) if len(order) > 1 else _ALONE_LEAD
    values = dict(zip(FEATURES, (float(value) for value in features[best]), strict=True))
    return {**values, "lead": min(lead, _LEAD_LIMIT), "order": float(scores[best])}


def answer_score(weights: Weights, features: NDArray[np.float64], scores: NDArray[np.float64]) -> float:
    """Log-odds that the best chunk answers the question."""
    values = answer_features(features, scores)
    return weights.bias + sum(weight * values[name] for name, weight in weights.features.items())


def calibration_file(model: str) -> str:
    """Name of the file with a model's weights."""
    return "".join(letter if letter.isalnum() else "_" for letter in model.rpartition("/")[2].casefold()) + ".json"


def load_calibration(model: str) -> Calibration:
    """The weights for an embedding model, or the generic ones; blocking.

    Raises:
        ConfigurationError: The file is damaged.
    """
    folder = resources.files("data.knowledge") / "calibrations"
    for name in (model, GENERIC):
        file = folder / calibration_file(name)
        if file.is_file():
            try:
                return Calibration.model_validate_json(file.read_bytes())
            except ValidationError as error:
                raise ConfigurationError(
                    f"{calibration_file(name)} is damaged; make it anew with `python -m bench retrieval --fit`.",
                    param="EMBED_MODEL",
                ) from error
    raise ConfigurationError("No calibration is installed; run `python -m bench retrieval --fit`.")


def _vector(weights: Weights) -> NDArray[np.float64]:
    return np.array([weights.features.get(name, 0.0) for name in FEATURES], dtype=np.float64)


def _logistic(log_odds: float) -> float:
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, log_odds))))
