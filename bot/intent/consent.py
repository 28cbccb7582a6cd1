"""How the caller's answer to "Shall I book …?" is read when something is written upon it.

Two readers that err differently: `bot.spoken_answers` knows which words the question allows and takes nothing
else; the classifier knows more ways to say yes and what the rest of a turn does to one. Where they contradict
each other nothing is agreed to.
"""

import numpy as np
from numpy.typing import NDArray

from bot.intent.classifier import IntentClassifier
from bot.intent.labels import IntentLabel
from bot.spoken_answers import ConfirmationAnswer, read_answer

_TAKES_IT_BACK = frozenset({IntentLabel.NO, IntentLabel.STOP, IntentLabel.REPEAT, IntentLabel.GOODBYE})
LEAST_SCORE = 0.95
"""Only what the classifier's readers found is consent, never what its fitted part thinks likely."""


def reads_as_consent(
    text: str, question: str, classifier: IntentClassifier, embedding: NDArray[np.float32] | None = None
) -> ConfirmationAnswer:
    """What the caller answered to a question that a write waits for.

    Args:
        text: The caller's words.
        question: The question, word for word.
        classifier: The process's one.
        embedding: Of `text`, or None.

    Returns:
        YES if one reader says yes and the other does not object. NO if either says no. OTHER otherwise: the
        question stays open, and the model hears the turn.
    """
    strict = read_answer(text, question)
    intent = classifier.classify(text, question, embedding)
    if strict is ConfirmationAnswer.NO:
        return ConfirmationAnswer.NO
    if strict is ConfirmationAnswer.YES:
        return ConfirmationAnswer.OTHER if intent.label in _TAKES_IT_BACK else ConfirmationAnswer.YES
    if intent.label is IntentLabel.NO:
        return ConfirmationAnswer.NO
    agreed = intent.label is IntentLabel.YES and intent.score >= LEAST_SCORE
    return ConfirmationAnswer.YES if agreed else ConfirmationAnswer.OTHER
