"""Classifies labelled utterances and counts what went wrong, and how long it took."""

import time
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from bench.intents.dataset import Kind, Utterance
from bench.statistics import nearest_rank
from bot.intents import IntentClassifier, IntentLabel

LATENCY_ROUNDS = 3
"""Each utterance is timed so often; all times count."""


class Mistake(BaseModel):
    """One utterance that was read wrongly."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str
    context: str | None
    label: IntentLabel
    read: IntentLabel
    score: float
    kind: Kind


class LabelFigures(BaseModel):
    """How one label was read.

    Attributes:
        count: How many utterances have it.
        precision: Share of those read so that have it; None if none was read so.
        recall: Share of those that have it that were read so; None if none has it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    label: IntentLabel
    count: int
    precision: float | None
    recall: float | None


class Milliseconds(BaseModel):
    """Time of one classification, without the embedding, that the turn has anyway."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    p50: float
    p95: float
    p99: float
    largest: float


class Evaluation(BaseModel):
    """The figures of one set.

    Attributes:
        name: Which set.
        embedded: True if the classifier was given the embeddings.
        count: How many utterances.
        accuracy: Share read right.
        near_goodbyes: How many look like a goodbye and are none.
        not_goodbyes: How many are no goodbye at all.
        wrong_hang_ups: Read as a goodbye and none, of all that are none.
        not_yes: How many are no yes.
        wrong_consents: Read as a yes and none.
        wrong_consent_share: Of those that are no yes.
        labels: Each label's figures.
        confusion: Rows: what it is; columns: what it was read as; in the order of `labels`.
        milliseconds: Of one classification.
        mistakes: All of them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    embedded: bool
    count: int
    accuracy: float
    near_goodbyes: int
    not_goodbyes: int
    wrong_hang_ups: int
    not_yes: int
    wrong_consents: int
    wrong_consent_share: float
    labels: tuple[LabelFigures, ...]
    confusion: tuple[tuple[int, ...], ...]
    milliseconds: Milliseconds
    mistakes: tuple[Mistake, ...]

    @property
    def is_good_enough(self) -> bool:
        """True if it keeps the bounds: 92 % right, no wrong hang-up, 1 % wrong consents, 3 ms."""
        return (
            self.accuracy >= 0.92
            and self.wrong_hang_ups == 0
            and self.wrong_consent_share <= 0.01
            and self.milliseconds.p99 < 3.0
        )


def evaluate(
    name: str,
    utterances: Sequence[Utterance],
    embeddings: NDArray[np.float32] | None,
    classifier: IntentClassifier,
) -> Evaluation:
    """Classify every utterance.

    Args:
        name: Of the set.
        utterances: The set; not empty.
        embeddings: One row each, or None to classify without.
        classifier: What is measured.
    """
    rows = [None] * len(utterances) if embeddings is None else list(embeddings)
    times: list[float] = []
    labels = tuple(IntentLabel)
    confusion = np.zeros((len(labels), len(labels)), dtype=np.int64)
    mistakes: list[Mistake] = []
    for utterance, row in zip(utterances, rows, strict=True):
        for _ in range(LATENCY_ROUNDS):
            begin = time.perf_counter()
            intent = classifier.classify(utterance.text, utterance.context, row)
            times.append((time.perf_counter() - begin) * 1000)
        confusion[labels.index(utterance.label), labels.index(intent.label)] += 1
        if intent.label is not utterance.label:
            mistakes.append(
                Mistake(
                    text=utterance.text,
                    context=utterance.context,
                    label=utterance.label,
                    read=intent.label,
                    score=intent.score,
                    kind=utterance.kind,
                )
            )
    not_yes = sum(utterance.label is not IntentLabel.YES for utterance in utterances)
    consents = sum(mistake.read is IntentLabel.YES for mistake in mistakes)
    return Evaluation(
        name=name,
        embedded=embeddings is not None,
        count=len(utterances),
        accuracy=round(1 - len(mistakes) / len(utterances), 4),
        near_goodbyes=sum(
            utterance.kind is Kind.NEAR_GOODBYE and utterance.label is not IntentLabel.GOODBYE
            for utterance in utterances
        ),
        not_goodbyes=sum(utterance.label is not IntentLabel.GOODBYE for utterance in utterances),
        wrong_hang_ups=sum(mistake.read is IntentLabel.GOODBYE for mistake in mistakes),
        not_yes=not_yes,
        wrong_consents=consents,
        wrong_consent_share=round(consents / not_yes, 4) if not_yes else 0.0,
        labels=tuple(_figures(label, index, confusion) for index, label in enumerate(labels)),
        confusion=tuple(tuple(int(cell) for cell in row) for row in confusion),
        milliseconds=_spread(times),
        mistakes=tuple(mistakes),
    )


def _figures(label: IntentLabel, index: int, confusion: NDArray[np.int64]) -> LabelFigures:
    right, is_so, read_so = (
        int(confusion[index, index]),
        int(confusion[index].sum()),
        int(confusion[:, index].sum()),
    )
    return LabelFigures(
        label=label,
        count=is_so,
        precision=round(right / read_so, 4) if read_so else None,
        recall=round(right / is_so, 4) if is_so else None,
    )


def _spread(times: Sequence[float]) -> Milliseconds:
    ordered = sorted(times)
    p50, p95, p99 = (round(nearest_rank(ordered, percent), 3) for percent in (50, 95, 99))
    return Milliseconds(p50=p50, p95=p95, p99=p99, largest=round(ordered[-1], 3))
