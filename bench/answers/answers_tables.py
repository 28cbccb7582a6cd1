"""The tables and the plot of `bench answers`."""

from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bench.answers.answers_report import AnswersReport, AnswersRow
from bench.plot_style import DPI, SIZE, finish
from bench.statistics import Spread
from bench.tables import NOTHING, Table, times
from bench.turns.turn_report import share

FIRST_TOKEN = "llm_first_token_ms"
"""The stage of a turn, in the server's own account, that a kept answer saves."""
_BAR = 0.25


def answers_tables(report: AnswersReport) -> tuple[Table, ...]:
    """What callers waited for, and where their answers came from."""
    options = report.options
    return (
        Table(
            f"{options.questions} frequent questions, {options.callers} calls at once: what callers wait for, ms",
            (
                "cache",
                "replies",
                "voice-to-voice (p50 / p95 / p99)",
                "of these, asked before (p50 / p95 / p99)",
                "llm first token (p50 / p95)",
                "trusted",
            ),
            tuple(_times(row) for row in report.rows),
        ),
        Table(
            "Where the answers came from, and how the calls went",
            (
                "cache",
                "from the cache",
                "looked up",
                "in good order",
                "missing",
                "wrong",
                "search too slow",
                "callers late p50 / p99, ms",
            ),
            tuple(_order(row) for row in report.rows),
        ),
    )


def plot_answers(report: AnswersReport, path: Path) -> None:
    """Draw the waiting times of every setting, and the model's part in them; blocking."""
    figure = Figure(figsize=SIZE, layout="constrained")
    waiting, again, tokens = figure.subplots(1, 3)
    _draw(waiting, "voice-to-voice, ms", [row.figures.voice_to_voice for row in report.rows])
    _draw(again, "the same, asked before, ms", [row.asked_again for row in report.rows])
    _draw(tokens, "llm first token, ms", [row.figures.stages.get(FIRST_TOKEN) for row in report.rows])
    for axes in (waiting, again, tokens):
        names = [row.use.replace(", ", ",\n").replace(" in ", "\nin ") for row in report.rows]
        axes.set_xticks(range(len(names)), names, fontsize="x-small")
    waiting.margins(y=0.2)
    waiting.legend(fontsize="small", loc="upper center", ncols=3)
    figure.savefig(path, dpi=DPI)


def _draw(axes: Axes, label: str, spreads: list[Spread | None]) -> None:
    for number, percentile in enumerate(("p50", "p95", "p99")):
        places = [row + (number - 1) * _BAR for row in range(len(spreads))]
        heights = [getattr(spread, percentile) if spread is not None else 0.0 for spread in spreads]
        axes.bar(places, heights, _BAR, label=percentile)
    finish(axes, label, "cache")


def _times(row: AnswersRow) -> tuple[str, ...]:
    figures = row.figures
    token = figures.stages.get(FIRST_TOKEN)
    return (
        row.use.value,
        str(figures.replies - figures.missing_replies),
        times(figures.voice_to_voice),
        times(row.asked_again),
        f"{token.p50:.0f} / {token.p95:.0f}" if token is not None else NOTHING,
        figures.trusted,
    )


def _order(row: AnswersRow) -> tuple[str, ...]:
    figures, lookups = row.figures, row.lookups
    return (
        row.use.value,
        share(lookups.hits, figures.replies) if lookups is not None else NOTHING,
        str(lookups.hits + lookups.misses) if lookups is not None else NOTHING,
        f"{figures.in_good_order} of {figures.made}",
        f"{figures.missing_replies} of {figures.replies}",
        str(figures.wrong_replies) if figures.wrong_replies is not None else NOTHING,
        str(figures.searches_timed_out),
        f"{figures.lateness_p50_ms:.1f} / {figures.lateness_p99_ms:.1f}",
    )
