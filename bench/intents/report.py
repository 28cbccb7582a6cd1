"""The figures as tables: on the screen, as JSON, and in `docs/intents.md` between two markers."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict

from bench.intents.evaluation import Evaluation
from bench.tables import Table
from config.errors import InvalidInputError

BEGIN = "<!-- measured: begin (written by `python -m bench intents --write`) -->"
END = "<!-- measured: end -->"


class IntentReport(BaseModel):
    """All figures of one run; the first evaluation is the one that counts."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    embedding_model: str
    train_families: int
    test_families: int
    evaluations: tuple[Evaluation, ...]


def tables_of(report: IntentReport) -> tuple[Table, ...]:
    """The overview, then labels and confusion of the test half."""
    test = report.evaluations[0]
    return (
        Table(
            "Accuracy and what goes wrong",
            (
                "set",
                "utterances",
                "accuracy",
                "wrong hang-ups",
                "of near misses",
                "wrong consents",
                "of not-yes",
                "share",
            ),
            tuple(_overview(evaluation) for evaluation in report.evaluations),
        ),
        Table(
            "Time of one classification without the embedding, ms",
            ("set", "p50", "p95", "p99", "largest"),
            tuple(_times(evaluation) for evaluation in report.evaluations),
        ),
        Table(
            f"Labels ({test.name})",
            ("label", "utterances", "precision", "recall"),
            tuple(
                (figures.label.value, str(figures.count), _share(figures.precision), _share(figures.recall))
                for figures in test.labels
            ),
        ),
        Table(
            f"Confusion ({test.name}): rows are what it is, columns what it was read as",
            ("", *(figures.label.value for figures in test.labels)),
            tuple(
                (figures.label.value, *(str(cell) if cell else "·" for cell in row))
                for figures, row in zip(test.labels, test.confusion, strict=True)
            ),
        ),
    )


def worst_mistakes(evaluation: Evaluation) -> tuple[Table, ...]:
    """What was read wrongly as an end of the call, or as consent; no table where there was nothing."""
    tables = []
    for title, label in (("Wrong hang-ups", "goodbye"), ("Wrong consents", "yes")):
        rows = tuple(
            (mistake.text, mistake.context or "–", mistake.label.value)
            for mistake in evaluation.mistakes
            if mistake.read == label
        )
        if rows:
            tables.append(Table(f"{title} ({evaluation.name})", ("text", "the agent had said", "is"), rows))
    return tuple(tables)


def update_page(page: Path, report: IntentReport) -> None:
    """Write the tables between the page's markers; blocking.

    Raises:
        InvalidInputError: The page has not exactly one place for them.
    """
    text = page.read_text(encoding="utf-8")
    if text.count(BEGIN) != 1 or text.count(END) != 1 or text.index(END) < text.index(BEGIN):
        raise InvalidInputError(f"{page.name} needs the two markers of the measured part, once each and in order.")
    tables = [
        *tables_of(report),
        *(table for evaluation in report.evaluations for table in worst_mistakes(evaluation)),
    ]
    section = "\n\n".join(table.for_page() for table in tables)
    head = (
        f"{report.train_families} wording families to fit and tune on, {report.test_families} others to test; "
        f"embeddings by `{report.embedding_model}`."
    )
    before, after = text.partition(BEGIN)[0], text.partition(END)[2]
    page.write_text(f"{before}{BEGIN}\n\n{head}\n\n{section}\n\n{END}{after}", encoding="utf-8")


def _overview(evaluation: Evaluation) -> tuple[str, ...]:
    return (
        evaluation.name,
        str(evaluation.count),
        f"{evaluation.accuracy:.1%}",
        str(evaluation.wrong_hang_ups),
        f"{evaluation.near_goodbyes} (of {evaluation.not_goodbyes} that are no goodbye)",
        str(evaluation.wrong_consents),
        str(evaluation.not_yes),
        f"{evaluation.wrong_consent_share:.2%}",
    )


def _times(evaluation: Evaluation) -> tuple[str, ...]:
    times = evaluation.milliseconds
    return (evaluation.name, *(f"{value:.2f}" for value in (times.p50, times.p95, times.p99, times.largest)))


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.1%}"
