"""From a caller's question to the few chunks that the model is given, within a deadline.

The vector store finds what is near, keyword search what shares words; the agent's passage index holds the question
against each of them, and the calibration says which answers, and whether any does.
"""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from loguru import logger

from config.errors import CapacityError, ConfigurationError, VendorError
from data.knowledge.bounded_executor import BoundedExecutor
from data.knowledge.calibration import Calibration
from data.knowledge.embedder import Embedder, Embeddings
from data.knowledge.follow_up import readings
from data.knowledge.passage_index import PassageIndex
from data.knowledge.passage_indexes import PassageIndexes
from data.knowledge.search_terms import TermExtractor
from data.knowledge.selection import select
from data.knowledge.snippet import Snippet
from data.knowledge.vector_store import VectorEntry, VectorStore

DEADLINE_SECONDS = 0.4
"""A caller hears what of it passes after their turn is over: a late answer, which without documents were none."""

NEAR_CANDIDATES = 24
KEYWORD_CANDIDATES = 16
"""Chunks that are looked at: of the nearest, and of those with the question's words."""

_LOOKED_AT = 24
"""Of the candidates in order, from which duplicates and what is too long are left out; more than any `top_k`."""

_FAR_BETTER = 0.1
"""What a question says itself counts for more than what it might lean on."""

_INDEX_WAIT_SHARE = 0.15
"""Of the deadline, for an index that is being renewed."""

STORE_SHARE = 0.375
"""Of the deadline, for the vector store: 150 ms of a call's. One that is slower than that seldom comes at all."""


@dataclass(frozen=True, slots=True)
class RetrievalOptions:
    """What an agent wants of retrieval.

    Attributes:
        top_k: Most snippets.
        min_similarity: The best chunk has to be this likely to hold the answer, 0 to 1; 0 takes everything.
        max_distance: Largest cosine distance (0 to 2) of a snippet.
        max_tokens: Most tokens of all snippets together.
    """

    top_k: int = 3
    min_similarity: float = 0.7
    max_distance: float = 2.0
    max_tokens: int = 600


@dataclass(frozen=True, slots=True)
class RetrievalResult:
    """What a lookup gave, and how it went.

    Attributes:
        snippets: Best first; empty when nothing answers the question, too late, or failed.
        latency_ms: From the call to the result.
        query: What was searched for: the question, or for a follow-up the one before it too.
        similarity: How likely the documents hold the answer, 0 to 1, whether there are snippets or not.
        timed_out: True when the deadline passed.
        failure: The error code when the embedder or the store failed; None otherwise.
        embedding_model: Name of the model behind the distances.
    """

    snippets: tuple[Snippet, ...]
    latency_ms: float
    query: str = ""
    similarity: float = 0.0
    timed_out: bool = False
    failure: str | None = None
    embedding_model: str = ""

    @property
    def answerable(self) -> bool:
        """Whether the documents are taken to hold the answer."""
        return bool(self.snippets)


@dataclass(frozen=True, slots=True)
class _Deadline:
    """When a search has to be over (in `time.perf_counter`), and how long it was to take at most."""

    at: float
    seconds: float

    def left(self) -> float:
        return max(0.0, self.at - time.perf_counter())

    def for_index(self) -> float:
        return min(self.seconds * _INDEX_WAIT_SHARE, self.left())

    def for_store(self) -> float:
        return min(self.seconds * STORE_SHARE, self.left())


class KnowledgeSearch(Protocol):
    """What a call, or a query over REST, asks."""

    async def retrieve(
        self,
        agent_id: str,
        question: str,
        options: RetrievalOptions | None = None,
        *,
        previous: str | None = None,
        deadline_seconds: float = DEADLINE_SECONDS,
    ) -> RetrievalResult:
        """See `Retriever.retrieve`."""
        ...

    async def close(self) -> None:
        """End what runs; safe to call twice."""
        ...


class Retriever:
    """Looks questions up in one agent's documents; never raises for a slow or broken store.

    Args:
        embedder: Makes the question's vector.
        store: Finds the nearest chunks.
        indexes: The agents' passages.
        calibration: What the evidence is worth with this embedder.
    """

    def __init__(
        self, embedder: Embedder, store: VectorStore, indexes: PassageIndexes, calibration: Calibration
    ) -> None:
        self._embedder = embedder
        self._store = store
        self._indexes = indexes
        self._calibration = calibration
        self._extractor = TermExtractor()
        self._executor = BoundedExecutor("retrieval")

    async def retrieve(
        self,
        agent_id: str,
        question: str,
        options: RetrievalOptions | None = None,
        *,
        previous: str | None = None,
        deadline_seconds: float = DEADLINE_SECONDS,
    ) -> RetrievalResult:
        """Find the chunks that answer a question.

        Args:
            agent_id: Whose documents; no others are ever looked at.
            question: The caller's words.
            options: How many, how likely, how long.
            previous: What the caller said in the turn before, or what that was searched for; used only if the
                question cannot be understood without it.
            deadline_seconds: For everything together.

        Returns:
            Snippets without duplicates. After the deadline, or when the embedder or the store fails, none
            and the reason.
        """
        started = time.perf_counter()
        options = options or RetrievalOptions()
        query, *others = readings(question, previous, self._extractor)
        found: list[Snippet] = []
        timed_out, failure = False, None
        if self._asks_something(query):
            try:
                async with asyncio.timeout(deadline_seconds):
                    deadline = _Deadline(started + deadline_seconds, deadline_seconds)
                    query, found = await self._best_reading(agent_id, (query, *others), deadline)
            except TimeoutError:
                timed_out = True
            except (CapacityError, ConfigurationError, VendorError) as error:
                failure = error.code
        near = [snippet for snippet in found if snippet.vector_distance <= options.max_distance]
        similarity = near[0].similarity if near else 0.0
        snippets: tuple[Snippet, ...] = ()
        if near and similarity >= options.min_similarity:
            snippets = select(near, top_k=options.top_k, max_tokens=options.max_tokens)
        latency_ms = (time.perf_counter() - started) * 1000
        if timed_out or failure:
            # A call goes on without documents; this line is how an operator learns of it.
            logger.bind(
                agent_id=agent_id, latency_ms=round(latency_ms, 1), failure=failure or "timed_out"
            ).warning("Retrieval gave no context.")
        model = self._embedder.model_name
        return RetrievalResult(snippets, latency_ms, query, similarity, timed_out, failure, model)

    async def close(self) -> None:
        """End the thread; safe to call twice."""
        await self._executor.close()

    def _asks_something(self, query: str) -> bool:
        """False for "yes, please" and for nothing at all: no document answers those."""
        terms = self._extractor.terms(query)
        return bool(terms.words or terms.kind_words)

    async def _best_reading(
        self, agent_id: str, queries: Sequence[str], deadline: "_Deadline"
    ) -> tuple[str, list[Snippet]]:
        """The reading of a question that the documents answer best; the first unless another one is far better."""
        best_query, best, best_likely = queries[0], list[Snippet](), 0.0
        for query in queries:
            try:
                found = await self._search(agent_id, query, deadline)
            except TimeoutError:
                if not best:
                    raise
                break  # what one reading has found is not given up for the other
            likely = found[0].similarity if found else 0.0
            if not best or likely > best_likely + _FAR_BETTER:
                best_query, best, best_likely = query, found, likely
            if best_likely >= 1.0 - _FAR_BETTER:
                break  # nothing can be far better
        return best_query, best

    async def _search(self, agent_id: str, query: str, deadline: "_Deadline") -> list[Snippet]:
        """Every chunk looked at, best first, with its likelihood."""
        index = await self._indexes.get(agent_id, wait_seconds=deadline.for_index())
        contrast, by_words = None, tuple[str, ...]()
        if index is not None:
            own = index
            contrast, by_words = await self._executor.run(
                lambda: (own.contrast(query), own.sharing_words(query, KEYWORD_CANDIDATES))
            )
        # The index may be a moment behind the store, which alone knows what was deleted, and has time to say so
        # while the question is embedded.
        present = asyncio.ensure_future(self._store.present(agent_id, by_words))
        try:
            vectors = await self._embedder.embed_queries([query] if contrast is None else [query, contrast])
            near = await self._store.query(
                agent_id, vectors[0], top_k=NEAR_CANDIDATES, deadline_seconds=deadline.for_store()
            )
            # One that was made while the question was embedded knows what the store knows.
            index = self._indexes.current(agent_id) or index
            if index is not None and not all(index.holds(snippet.chunk_id) for snippet in near):
                # Another process has added documents: they count from the next question on, or now if all are new.
                self._indexes.changed(agent_id)
            if index is None or not any(index.holds(snippet.chunk_id) for snippet in near):
                index = await self._executor.run(lambda: _stand_in(near, vectors[0]))
            without = vectors[1] if len(vectors) > 1 else None
            ranked = await self._executor.run(lambda: self._rank(index, query, vectors[0], without, near))
            async with asyncio.timeout(deadline.for_store()):
                there = {snippet.chunk_id for snippet in near} | await present
        finally:
            present.cancel()
            await asyncio.gather(present, return_exceptions=True)
        return [snippet for snippet in ranked[:_LOOKED_AT] if snippet.chunk_id in there]

    def _rank(
        self,
        index: PassageIndex,
        query: str,
        vector: Embeddings,
        contrast: Embeddings | None,
        near: tuple[Snippet, ...],
    ) -> list[Snippet]:
        near_ids = [snippet.chunk_id for snippet in near]
        matches = index.search(query, vector, contrast, near_ids, keyword_candidates=KEYWORD_CANDIDATES)
        order, likelihoods = self._calibration.rank(matches)
        return [
            Snippet(
                document_id=matches.entries[position].document_id,
                chunk_id=matches.entries[position].chunk_id,
                title=matches.entries[position].title,
                text=matches.entries[position].text,
                vector_distance=max(0.0, 1.0 - matches.evidence[position].dense),
                similarity=round(likelihood, 4),
            )
            for position, likelihood in zip(order, likelihoods, strict=True)
        ]


def _stand_in(near: tuple[Snippet, ...], vector: Embeddings) -> PassageIndex:
    """An index of nothing but what the store has found, for an agent whose own is not there yet.

    The store does not tell vectors; the question's own, as long as the cosine, has the right one with the
    question.
    """
    entries = [
        VectorEntry(
            snippet.chunk_id,
            snippet.document_id,
            snippet.title,
            snippet.text,
            0,
            vector * np.float32(1.0 - snippet.vector_distance),
        )
        for snippet in near
    ]
    return PassageIndex(entries, [None] * len(entries))
