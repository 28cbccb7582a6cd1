"""Which intent a turn has: the readers first, in order of precedence, and the fitted model for what they leave."""

import numpy as np
from numpy.typing import NDArray

from bot.intent.labels import Intent, IntentLabel
from bot.intent.linear_model import LinearModel, load_linear_model
from bot.intent.read_goodbye import ends_call, may_end_call
from bot.intent.read_human import wants_human
from bot.intent.read_no import declines
from bot.intent.read_steering import wants_repeat, wants_silence
from bot.intent.read_yes import agrees, may_agree
from bot.intent.turn import Turn, read_turn

_READ_SCORE = 0.97
"""Score of what a reader found: its rules fit or they do not."""
_READERS = (
    (IntentLabel.HUMAN, wants_human),
    (IntentLabel.GOODBYE, ends_call),
    (IntentLabel.REPEAT, wants_repeat),
    (IntentLabel.STOP, wants_silence),
    (IntentLabel.NO, declines),
    (IntentLabel.YES, agrees),
)
"""In order of precedence."""
_LEAST = {
    IntentLabel.HUMAN: 0.8,
    IntentLabel.GOODBYE: 0.9,
    IntentLabel.REPEAT: 0.7,
    IntentLabel.STOP: 0.7,
    IntentLabel.NO: 0.8,
    IntentLabel.YES: 0.85,
}
"""How sure the fitted model must be; a wrong hang-up and a wrong consent cost most."""


class IntentClassifier:
    """Reads what a turn does to the call. Synchronous, pure and without input or output; safe to share.

    Args:
        model: The fitted part; the one that comes with the program by default.
        embedding_model: The name of the model that makes the embeddings given to `classify`; if it is not the
            one that the fitted part knows, they are ignored. None trusts the caller.

    Raises:
        ConfigurationError: The weights cannot be read.
    """

    def __init__(self, model: LinearModel | None = None, *, embedding_model: str | None = None) -> None:
        self._model = model if model is not None else load_linear_model()
        self._knows_embeddings = embedding_model in (None, self._model.embedding_model)

    def classify(self, text: str, context: str | None, embedding: NDArray[np.float32] | None = None) -> Intent:
        """The intent of one turn; never raises.

        Args:
            text: The caller's words, as speech-to-text heard them.
            context: The agent's last sentence, or None if it said nothing.
            embedding: Unit vector of `text`, shape (384,) or (1, 384), or None.
        """
        turn = read_turn(text, context)
        if not turn.words:
            return Intent(IntentLabel.OTHER, 1.0)
        for label, applies in _READERS:
            if applies(turn):
                return Intent(label, _READ_SCORE)
        return self._most_likely(turn, embedding if self._knows_embeddings else None)

    def _most_likely(self, turn: Turn, embedding: NDArray[np.float32] | None) -> Intent:
        shares = self._model.probabilities(turn, embedding)
        label = max(shares, key=lambda candidate: shares[candidate])
        if label is not IntentLabel.OTHER and shares[label] >= _LEAST[label] and _is_allowed(label, turn):
            return Intent(label, round(shares[label], 4))
        # The rest of the probability is not evidence for "other"; what was refused counts half.
        return Intent(IntentLabel.OTHER, round(max(shares[IntentLabel.OTHER], 1.0 - shares[label] / 2), 4))


def _is_allowed(label: IntentLabel, turn: Turn) -> bool:
    if label is IntentLabel.GOODBYE:
        return may_end_call(turn)
    if label is IntentLabel.YES:
        return may_agree(turn)
    return True
