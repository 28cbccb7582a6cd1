"""What speaks for and against a chunk as the answer to a question, in numbers between about 0 and 1.

Every number is made so that it means the same for an agent with ten chunks and for one with ten thousand, whatever
its business: the weights in `calibration/` are found on some businesses and have to hold for others.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.knowledge.answer_kinds import AnswerKind

FEATURES = (
    "dense",
    "passage",
    "keywords",
    "keywords_of_best",
    "coverage",
    "passage_coverage",
    "rarest",
    "heading",
    "code_found",
    "code_missing",
    "kind_found",
    "kind_missing",
    "kind_missing_in_chunk",
    "unknown_words",
    "question_length",
    "few_words",
    "contrast_gain",
    "contrast_best_gain",
    "contrast_same",
    "contrast_all",
    "contrast_none",
)
"""Columns of `feature_matrix`, in order.

- `dense`, `passage`: cosine of the question with the chunk, and with its nearest passage.
- `keywords`: BM25 as a share of the most that the question could reach; `keywords_of_best`: as a share of the best
  chunk's.
- `coverage`, `passage_coverage`, `heading`: share of the question's telling words, rare ones counting more, that
  the chunk, the nearest passage and the heading path hold.
- `rarest`: 1 if the chunk holds the question's rarest word.
- `code_found`, `code_missing`: the question names a code or number, and the chunk holds one of them, or lacks one.
- `kind_…`: the question wants an amount, a time, a place, a person or a count, and the nearest passage (or the
  whole chunk) has one, or has none.
- `unknown_words`: share of the question's telling words that none of the agent's documents holds.
- `question_length`: telling words, as log(1 + n) / 3; `few_words`: 1 if there is at most one.
- `contrast_…`: the question once more, without the words that the best chunk by keywords lacks. A passage that
  means the missing words in others ("over 65" for "seniors") is less near without them (`gain`: to the same
  passage, `best_gain`: to any of the chunk's); one that is about something else is not. `same`: how near the two
  questions are; `all`: every telling word was missing; `none`: none was, and nothing was left out.
"""

_GAIN_OF_NOTHING = 0.05
"""Stands for the gain where nothing was left out: about the middle of the others."""


@dataclass(frozen=True, slots=True)
class QuestionEvidence:
    """A question, as it meets one agent's documents.

    Attributes:
        weights: Inverse document frequency of each telling word.
        unknown: Share of them, by weight, that no document holds.
        codes: Codes and numbers in it.
        kinds: Which kinds of answer it wants.
    """

    weights: NDArray[np.float32]
    unknown: float
    codes: frozenset[str]
    kinds: tuple[AnswerKind, ...]
    contrast_same: float | None = None
    """Cosine with the question without the words that are missing; None if none is missing."""
    contrast_all: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class ChunkEvidence:
    """What was found of a question in one chunk.

    Attributes:
        dense: Cosine of the question with the chunk.
        passage: Cosine with its nearest passage.
        keywords: BM25 score; `keywords_limit` is the most that the question could reach, `keywords_best` the most
            that any chunk does.
        in_chunk, in_passage, in_heading: For each telling word, whether it is there.
        codes: Those of the chunk.
        passage_kinds, chunk_kinds: Kinds of answer in the nearest passage and in the chunk.
        contrast_gain, contrast_best_gain: See `FEATURES`; meaningless where the question has no contrast.
    """

    dense: float
    passage: float
    keywords: float
    keywords_limit: float
    keywords_best: float
    in_chunk: NDArray[np.bool_]
    in_passage: NDArray[np.bool_]
    in_heading: NDArray[np.bool_]
    codes: frozenset[str]
    passage_kinds: frozenset[AnswerKind]
    chunk_kinds: frozenset[AnswerKind]
    contrast_gain: float = 0.0
    contrast_best_gain: float = 0.0


def feature_matrix(question: QuestionEvidence, chunks: Sequence[ChunkEvidence]) -> NDArray[np.float64]:
    """One row for each chunk, one column for each of `FEATURES`."""
    return np.array([_row(question, chunk) for chunk in chunks], dtype=np.float64).reshape(-1, len(FEATURES))


def _row(question: QuestionEvidence, chunk: ChunkEvidence) -> list[float]:
    weights = question.weights
    total = float(weights.sum())
    count = len(weights)

    def share(present: NDArray[np.bool_]) -> float:
        return float(weights[present].sum()) / total if total else 0.0

    wanted = question.kinds
    met = [kind for kind in wanted if kind in chunk.passage_kinds]
    found = bool(question.codes) and any(_has(chunk.codes, code) for code in question.codes)
    missing = any(not _has(chunk.codes, code) for code in question.codes)
    return [
        chunk.dense,
        chunk.passage,
        chunk.keywords / chunk.keywords_limit if chunk.keywords_limit else 0.0,
        chunk.keywords / chunk.keywords_best if chunk.keywords_best else 0.0,
        share(chunk.in_chunk),
        share(chunk.in_passage),
        float(bool(count) and bool(chunk.in_chunk[int(weights.argmax())])),
        share(chunk.in_heading),
        float(found),
        float(missing),
        float(bool(met)),
        float(len(met) < len(wanted)),
        float(any(kind not in chunk.chunk_kinds for kind in wanted)),
        question.unknown,
        float(np.log1p(count)) / 3,
        float(count <= 1),
        *_contrast(question, chunk),
    ]


def _contrast(question: QuestionEvidence, chunk: ChunkEvidence) -> list[float]:
    if question.contrast_same is None:
        return [_GAIN_OF_NOTHING, 0.0, 1.0, 0.0, 1.0]
    return [
        chunk.contrast_gain,
        chunk.contrast_best_gain,
        question.contrast_same,
        float(question.contrast_all),
        0.0,
    ]


def _has(codes: frozenset[str], wanted: str) -> bool:
    """Whether a code is among others; "550" is in "wr550", as callers leave the letters out."""
    return wanted in codes or (
        len(wanted) >= 3 and wanted.isdigit() and any(code.endswith(wanted) for code in codes)
    )
