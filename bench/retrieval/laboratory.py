"""Questions held against a business's documents as a call would, with everything that retrieval sees kept.

The retriever itself gives a few snippets and a number; finding weights needs the evidence behind them. What is
done here is what `data.knowledge.retriever` does, with exact search instead of a vector store.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.retrieval.question_set import Business, Question
from data.knowledge.chunking import ChunkOptions, chunk_text
from data.knowledge.embedder import Embedder, Embeddings
from data.knowledge.follow_up import readings
from data.knowledge.passage_index import PassageIndex
from data.knowledge.passages import passages_of
from data.knowledge.question_features import feature_matrix
from data.knowledge.retriever import KEYWORD_CANDIDATES, NEAR_CANDIDATES
from data.knowledge.search_terms import TermExtractor
from data.knowledge.vector_store import VectorEntry

_SENTENCE_END = re.compile(r"(?<=[.!?;])\s+")


@dataclass(frozen=True, slots=True)
class Passage:
    """A chunk as the chunker makes it."""

    title: str
    text: str


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """One question against one set of documents.

    Attributes:
        business: Whose.
        question: What was asked.
        features: One row for each chunk looked at; see `data.knowledge.question_features`.
        answers: Which of them answer it; none do where the documents lack the answer.
        is_deprived: The answer was taken out of the documents for this trial.
    """

    business: str
    question: Question
    features: NDArray[np.float64]
    answers: NDArray[np.bool_]
    is_deprived: bool

    @property
    def is_answerable(self) -> bool:
        """Whether the documents of this trial hold the answer, found or not."""
        return self.question.is_answerable and not self.is_deprived


class Laboratory:
    """Makes trials.

    Args:
        embedder: The model that is calibrated.
    """

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._extractor = TermExtractor()
        self._vectors: dict[str, Embeddings] = {}
        self._resolve = True

    async def trials(
        self, business: Business, options: ChunkOptions, *, deprived: bool = False, resolve: bool = True
    ) -> list[Trial]:
        """Every question of a business.

        Args:
            business: Its documents and questions.
            options: How the documents are cut.
            deprived: Also ask every answerable question of documents from which its answer was taken.
            resolve: Whether a follow-up is searched with the question before it.
        """
        self._resolve = resolve
        chunks = chunks_of(business, options)
        index, entries = await self._index(chunks)
        trials = [await self._trial(business, question, index, entries) for question in business.questions]
        if deprived:
            for question in business.questions:
                if question.is_answerable:
                    without = await self._index(_deprived(chunks, question))
                    trials.append(await self._trial(business, question, *without, is_deprived=True))
        return trials

    async def _trial(
        self,
        business: Business,
        question: Question,
        index: PassageIndex,
        entries: Sequence[VectorEntry],
        *,
        is_deprived: bool = False,
    ) -> Trial:
        previous = question.previous if self._resolve else None
        query = readings(question.text, previous, self._extractor)[-1]
        contrast = index.contrast(query)
        vector, *others = await self._embed([query] if contrast is None else [query, contrast])
        order = np.argsort(-(np.array([entry.embedding for entry in entries]) @ vector))[:NEAR_CANDIDATES]
        near = [entries[position].chunk_id for position in order]
        without = others[0] if others else None
        matches = index.search(query, vector, without, near, keyword_candidates=KEYWORD_CANDIDATES)
        answers = [not is_deprived and question.is_answered_by(entry.text) for entry in matches.entries]
        features = feature_matrix(matches.question, matches.evidence)
        return Trial(business.key, question, features, np.array(answers, dtype=np.bool_), is_deprived)

    async def _index(self, chunks: Sequence[Passage]) -> tuple[PassageIndex, list[VectorEntry]]:
        vectors = await self._embed([chunk.text for chunk in chunks])
        entries = [
            VectorEntry(str(position), "document", chunk.title, chunk.text, position, vector)
            for position, (chunk, vector) in enumerate(zip(chunks, vectors, strict=True))
        ]
        passages = [np.array(await self._embed(passages_of(chunk.title, chunk.text))) for chunk in chunks]
        return PassageIndex(entries, passages), entries

    async def _embed(self, texts: Sequence[str]) -> list[Embeddings]:
        absent = sorted({text for text in texts if text not in self._vectors}, key=len)
        if absent:
            self._vectors.update(zip(absent, await self._embedder.embed(absent), strict=True))
        return [self._vectors[text] for text in texts]


def chunks_of(business: Business, options: ChunkOptions) -> list[Passage]:
    """A business's documents in chunks."""
    return [
        Passage(" > ".join(chunk.title_path) or document.name, chunk.text)
        for document in business.documents
        for chunk in chunk_text(document.name, document.text, options)
    ]


def _deprived(chunks: Sequence[Passage], question: Question) -> list[Passage]:
    """The chunks without the sentences and rows that answer a question: a list that lacks just that price."""
    left = []
    for chunk in chunks:
        text = chunk.text
        if question.is_answered_by(text):
            kept = [_without(line, question.holds) for line in text.splitlines()]
            text = "\n".join(line for line in kept if line)
        if len(text) > len(chunk.title) + 1:
            left.append(Passage(chunk.title, text))
    return left


def _without(line: str, holds: Sequence[str]) -> str:
    parts = [line] if line.lstrip().startswith("|") else _SENTENCE_END.split(line)
    return " ".join(part for part in parts if not any(words.casefold() in part.casefold() for words in holds))
