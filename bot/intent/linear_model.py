"""The fitted part: multinomial logistic regression, with weights that come with the program.

Two sets: with the turn's embedding, and without it (another embedding model is configured, or it was late).
`python -m bench intents --fit` makes the file from `bench/intents/utterances/train.jsonl`.
"""

from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from bot.intent.features import EMBEDDING_SIZE, SIZE, lexical_features, usable_embedding
from bot.intent.labels import IntentLabel
from bot.intent.turn import Turn
from config.errors import ConfigurationError

WEIGHTS_FILE = Path(__file__).with_name("weights.npz")
LABELS = tuple(IntentLabel)
"""The order of the model's columns."""

Weights = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class LinearModel:
    """Weights of shape (features, labels).

    Attributes:
        with_embedding: For the embedding followed by the lexical features.
        lexical: For the lexical features alone.
        embedding_model: Whose embeddings `with_embedding` was fitted on.
    """

    with_embedding: Weights
    lexical: Weights
    embedding_model: str

    def probabilities(self, turn: Turn, embedding: NDArray[np.float32] | None) -> dict[IntentLabel, float]:
        """How likely each label is.

        Args:
            turn: What was said.
            embedding: Of the caller's words by `embedding_model`, or None.
        """
        features = lexical_features(turn)
        row = usable_embedding(embedding)
        logits = features @ self.lexical if row is None else np.concatenate([row, features]) @ self.with_embedding
        exponentials = np.exp(logits - logits.max())
        shares = exponentials / exponentials.sum()
        return {label: float(share) for label, share in zip(LABELS, shares, strict=True)}


def load_linear_model(path: Path = WEIGHTS_FILE) -> LinearModel:
    """Read the weights.

    Raises:
        ConfigurationError: The file is missing, or not of this program's version.
    """
    try:
        with np.load(path, allow_pickle=False) as stored:
            model = LinearModel(
                stored["with_embedding"].astype(np.float32),
                stored["lexical"].astype(np.float32),
                str(stored["embedding_model"]),
            )
    except (OSError, KeyError, ValueError, BadZipFile) as error:
        raise ConfigurationError(f"The intent classifier's weights cannot be read: {path.name}") from error
    if model.with_embedding.shape != (EMBEDDING_SIZE + SIZE, len(LABELS)) or model.lexical.shape != (
        SIZE,
        len(LABELS),
    ):
        raise ConfigurationError(f"The intent classifier's weights do not fit this version: {path.name}")
    return model
