"""The tables of a measurement of retrieval."""

from bench.retrieval.measures import LOST_SHARES
from bench.retrieval.retrieval_report import IngestionRow, RetrievalReport
from bench.tables import Table


def retrieval_tables(report: RetrievalReport) -> tuple[Table, ...]:
    """Answers found, questions rejected, what a call is given, how long it takes."""
    kinds = list(report.methods[0].hit_at_3_by_kind)
    return (
        Table(
            "Answers found, on the test part",
            ("", "hit@1", "hit@3", "MRR", *(f"hit@3 {kind.replace('_', '-')}" for kind in kinds)),
            tuple(
                (
                    row.name,
                    f"{row.hit_at_1:.1%}",
                    f"{row.hit_at_3:.1%}",
                    f"{row.reciprocal_rank:.3f}",
                    *(f"{row.hit_at_3_by_kind[kind]:.0%}" for kind in kinds),
                )
                for row in report.methods
            ),
        ),
        Table(
            "Unanswerable questions rejected, by the share of answerable ones lost to the same threshold",
            ("", "separation", *(f"{share:.0%} lost" for share in LOST_SHARES)),
            tuple(
                (row.name, f"{row.separation:.3f}", *(f"{share:.0%}" for share in row.rejected))
                for row in report.methods
            ),
        ),
        _default_table(report),
        Table(
            f"A question among {report.options.chunks:,} chunks, ms",
            ("callers", "queries", "p50", "p95", "p99", "timed out", "CPU ms a query", "event loop late p99, ms"),
            tuple(
                (
                    str(row.callers),
                    str(row.milliseconds.count),
                    f"{row.milliseconds.p50:.1f}",
                    f"{row.milliseconds.p95:.1f}",
                    f"{row.milliseconds.p99:.1f}",
                    str(row.timed_out),
                    f"{row.cpu_ms_per_query:.1f}",
                    f"{row.loop_late_p99_ms:.1f}",
                )
                for row in report.latency
            ),
        ),
        Table(
            "Two agents, random questions",
            ("questions", "with an answer", "from the other agent"),
            ((str(report.isolation.queries), str(report.isolation.answered), str(report.isolation.foreign)),),
        ),
        _ingestion_table(report.ingestion),
    )


def describe_question_set(report: RetrievalReport) -> str:
    """One line: how many questions of what."""
    parts = [
        f"{part}: {sum(counts.answerable.values())} answerable and {sum(counts.unanswerable.values())} "
        f"unanswerable questions to {', '.join(counts.businesses)}"
        for part, counts in report.counts.items()
    ]
    return f"Embedding model {report.model}; {'; '.join(parts)}."


def _default_table(report: RetrievalReport) -> Table:
    row, options = report.default, report.options
    assumed = f"{options.model_admits:.0%} of unanswerable and {options.model_denies:.0%} of answerable questions"
    return Table(
        "What an agent with default settings is given, on the test part; the model’s own “I don’t know” assumed "
        f"for {assumed}",
        ("hit@3", "MRR", "lost", "rejected", "lost with the model's own", "rejected with the model's own"),
        (
            (
                f"{row.hit_at_3:.1%}",
                f"{row.reciprocal_rank:.3f}",
                f"{row.lost:.1%}",
                f"{row.rejected:.1%}",
                f"{row.lost_with_model:.1%}",
                f"{row.rejected_with_model:.1%}",
            ),
        ),
    )


def _ingestion_table(row: IngestionRow) -> Table:
    return Table(
        "Documents ingested, pages of 3,000 characters, without the database",
        ("pages", "chunks", "seconds", "pages a minute", "CPU seconds", "process grown by, MiB"),
        (
            (
                str(row.pages),
                f"{row.chunks:,}",
                f"{row.seconds:.0f}",
                f"{row.pages * 60 / max(row.seconds, 0.1):.0f}",
                f"{row.cpu_seconds:.0f}",
                f"{row.memory_mib:.0f}",
            ),
        ),
    )
