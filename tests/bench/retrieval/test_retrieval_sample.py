"""A sample of `bench retrieval`: the real model on two small businesses, from questions to the written report."""

import asyncio
from pathlib import Path

import pytest

from bench.commands.retrieval import QUICK
from bench.page import describe_conditions
from bench.results import read_reports, tables_of, write_report
from bench.retrieval.bench import RetrievalBench
from bench.retrieval.fitting import DEFAULT_SIMILARITY
from bench.retrieval.question_set import Business, Part, load_businesses
from bench.retrieval.retrieval_report import RetrievalReport
from data.knowledge.calibration import calibration_file, load_calibration
from data.knowledge.sentence_transformer_embedder import SentenceTransformerEmbedder
from data.knowledge.sentence_transformer_model import MINILM
from tests.bench.reports import MACHINE

pytestmark = pytest.mark.slow


def _sample(business: Business) -> Business:
    answerable = [question for question in business.questions if question.is_answerable][:8]
    unanswerable = [question for question in business.questions if not question.is_answerable][:5]
    return Business(business.key, business.name, business.part, business.documents, (*answerable, *unanswerable))


async def _measure(folder: Path) -> tuple[RetrievalReport, bytes]:
    chosen = [_sample(business) for business in load_businesses()]
    fit = [business for business in chosen if business.part is Part.FIT][:2]
    test = [business for business in chosen if business.part is Part.TEST][:1]
    embedder = SentenceTransformerEmbedder(MINILM)
    options = QUICK.model_copy(update={"chunks": 40, "queries": 4, "isolation_queries": 40})
    try:
        bench = RetrievalBench(embedder, (*fit, *test), options, lambda *_: None)
        await bench.prepare()
        own, generic = bench.fit()
        assert generic.model == "generic"
        assert "dense" not in generic.answer.features
        return await bench.measure(MACHINE, folder), own.model_dump_json().encode()
    finally:
        await embedder.close()


def test_a_sample_is_measured_written_and_shown(tmp_path: Path) -> None:
    report, weights = asyncio.run(_measure(tmp_path))
    assert b"passage" in weights
    assert report.isolation.foreign == 0
    assert report.isolation.queries == 40
    ours = next(row for row in report.methods if row.name.endswith("all of it"))
    assert ours.hit_at_3 >= 0.75
    assert ours.reciprocal_rank >= report.methods[0].reciprocal_rank
    assert [row.milliseconds.count for row in report.latency] == [4, 4]
    assert report.ingestion.chunks > 0
    data, plot = write_report(report, tmp_path / "out")
    assert read_reports(tmp_path / "out") == [report]
    assert plot.stat().st_size > 1000
    assert data.name == "retrieval.json"
    assert MINILM in describe_conditions(report)
    assert [table.title for table in tables_of(report)][-1].startswith("Documents ingested")


def test_the_weights_in_use_say_how_they_were_made() -> None:
    calibration = load_calibration(MINILM)
    assert calibration.origin is not None
    assert calibration.origin.questions >= 200
    assert calibration.origin.lost_at_default <= 0.05
    assert "--fit" in calibration.origin.command
    assert 0 < DEFAULT_SIMILARITY < 1
    assert calibration_file(MINILM) == "all_minilm_l6_v2.json"
