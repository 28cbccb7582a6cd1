"""The measurement of retrieval, from the question set to a report."""

from pathlib import Path

import numpy as np

from bench.latency import Progress
from bench.machine import Machine
from bench.retrieval.fitting import fit
from bench.retrieval.house import QuickDocuments, open_knowledge, store_chunks
from bench.retrieval.ingestion import measure_ingestion
from bench.retrieval.laboratory import Laboratory, Trial, chunks_of
from bench.retrieval.load import fill, measure_isolation, measure_latency
from bench.retrieval.measures import hit_share, mean_reciprocal_rank
from bench.retrieval.methods import compare
from bench.retrieval.question_set import Business, Part, Question
from bench.retrieval.retrieval_report import (
    DefaultRow,
    IngestionRow,
    IsolationRow,
    LatencyOfRetrieval,
    QuestionCounts,
    RetrievalBenchOptions,
    RetrievalReport,
)
from data.knowledge.calibration import GENERIC, Calibration
from data.knowledge.chunking import ChunkOptions
from data.knowledge.embedder import Embedder
from data.knowledge.factory import Knowledge
from data.knowledge.retriever import RetrievalOptions

_USUAL = ChunkOptions()
_FITTED_SIZES = (_USUAL, ChunkOptions(limit=250))
"""Weights are found with two sizes of chunks, so that they do not depend on one."""
_PATIENCE_SECONDS = 30.0


class RetrievalBench:
    """Measures one embedding model.

    Args:
        embedder: The model.
        businesses: The question set.
        options: How.
        progress: Told how it goes.
    """

    def __init__(
        self,
        embedder: Embedder,
        businesses: tuple[Business, ...],
        options: RetrievalBenchOptions,
        progress: Progress,
    ) -> None:
        self._embedder = embedder
        self._businesses = businesses
        self._options = options
        self._progress = progress
        self._fit: list[Trial] = []
        self._test: list[Trial] = []
        self._unresolved: list[Trial] = []

    async def prepare(self) -> None:
        """Hold every question against its documents; takes a minute."""
        laboratory = Laboratory(self._embedder)
        for number, business in enumerate(self._businesses, start=1):
            if business.part is Part.FIT:
                for size in _FITTED_SIZES:
                    self._fit += await laboratory.trials(business, size, deprived=True)
            else:
                self._test += await laboratory.trials(business, _USUAL)
                self._unresolved += await laboratory.trials(business, _USUAL, resolve=False)
            self._progress("questions", number, len(self._businesses))

    def fit(self) -> tuple[Calibration, Calibration]:
        """Weights for this model, and for any other one; blocking for some seconds."""
        return fit(self._fit, self._embedder.model_name), fit(self._fit, GENERIC, uses_cosines=False)

    async def measure(self, machine: Machine, folder: Path) -> RetrievalReport:
        """Compare the methods, then measure the retriever itself in an empty folder."""
        methods = compare(self._fit, self._test, self._unresolved)
        async with open_knowledge(self._embedder, folder / "questions") as knowledge:
            default = await self._default(knowledge)
            isolation = await self._isolation(knowledge)
        return RetrievalReport(
            machine=machine,
            model=self._embedder.model_name,
            options=self._options,
            counts={part: _counts(self._businesses, part) for part in Part},
            methods=tuple(methods),
            default=default,
            latency=await self._latency(folder),
            isolation=isolation,
            ingestion=await self._ingestion(folder),
        )

    async def _default(self, knowledge: Knowledge) -> DefaultRow:
        ranks: list[int | None] = []
        quoted_wrongly = unanswerable = lost = 0
        for business in self._of(Part.TEST):
            await store_chunks(knowledge, business.key, chunks_of(business, _USUAL))
            for question in business.questions:
                result = await knowledge.retriever.retrieve(
                    business.key,
                    question.text,
                    RetrievalOptions(),
                    previous=question.previous,
                    deadline_seconds=_PATIENCE_SECONDS,
                )
                if question.is_answerable:
                    ranks.append(_rank(question, [snippet.text for snippet in result.snippets]))
                    lost += not result.snippets
                else:
                    unanswerable += 1
                    quoted_wrongly += bool(result.snippets)
        rejected, lost_share = 1 - quoted_wrongly / unanswerable, lost / len(ranks)
        options = self._options
        return DefaultRow(
            hit_at_3=round(hit_share(ranks, 3), 4),
            reciprocal_rank=round(mean_reciprocal_rank(ranks), 4),
            lost=round(lost_share, 4),
            rejected=round(rejected, 4),
            lost_with_model=round(lost_share + (1 - lost_share) * options.model_denies, 4),
            rejected_with_model=round(rejected + (1 - rejected) * options.model_admits, 4),
        )

    async def _isolation(self, knowledge: Knowledge) -> IsolationRow:
        first, second, *_ = self._businesses
        chunks = (chunks_of(first, _USUAL), chunks_of(second, _USUAL))
        return await measure_isolation(knowledge, (first, second), chunks, self._options.isolation_queries)

    async def _latency(self, folder: Path) -> tuple[LatencyOfRetrieval, ...]:
        chunks = [chunk for business in self._businesses for chunk in chunks_of(business, _USUAL)]
        samples = await self._embedder.embed([chunk.text for chunk in chunks])
        questions = [question.text for business in self._businesses for question in business.questions]
        order = np.random.default_rng(3).permutation(len(questions))
        rows: list[LatencyOfRetrieval] = []
        async with open_knowledge(QuickDocuments(self._embedder, samples), folder / "latency") as knowledge:
            await fill(knowledge, "many", chunks, self._options.chunks, seed=5)
            for callers in (1, self._options.callers):
                self._progress("latency", len(rows), 2)
                asked = [questions[order[number % len(order)]] for number in range(self._options.queries)]
                # Another word each time, so that no vector comes from the cache of the row before.
                asked = [f"{question} ({callers} at once)" for question in asked]
                rows.append(await measure_latency(knowledge, "many", asked, callers, self._options))
        self._progress("latency", 2, 2)
        return tuple(rows)

    async def _ingestion(self, folder: Path) -> IngestionRow:
        async with open_knowledge(self._embedder, folder / "ingestion") as knowledge:
            return await measure_ingestion(knowledge, self._businesses, self._options.pages)

    def _of(self, part: Part) -> list[Business]:
        return [business for business in self._businesses if business.part is part]


def _rank(question: Question, texts: list[str]) -> int | None:
    return next((rank for rank, text in enumerate(texts, start=1) if question.is_answered_by(text)), None)


def _counts(businesses: tuple[Business, ...], part: Part) -> QuestionCounts:
    answerable: dict[str, int] = {}
    unanswerable: dict[str, int] = {}
    own = [business for business in businesses if business.part is part]
    for question in (question for business in own for question in business.questions):
        counts = answerable if question.is_answerable else unanswerable
        counts[question.kind] = counts.get(question.kind, 0) + 1
    return QuestionCounts(
        businesses=tuple(business.name for business in own), answerable=answerable, unanswerable=unanswerable
    )
