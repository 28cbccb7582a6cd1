"""The tables and the plot of `bench pauses`."""

from pathlib import Path

from matplotlib.figure import Figure

from bench.plot_style import DPI, SIZE, finish
from bench.statistics import Spread
from bench.tables import Table, times
from bench.turns.pauses_report import PauseOutcome, PausesReport
from bench.turns.turn_report import share
from bench.turns.turn_tables import line_name, runs_table

_COLUMNS = ("", "turns", "cut short", "not answered", "reply after the true end, ms")


def pauses_tables(report: PausesReport) -> tuple[Table, ...]:
    """All together; by kind, pause, level and line; and how far the measurement is to be trusted."""
    outcomes = report.outcomes
    groups = [("all", outcomes)]
    for kind in dict.fromkeys(outcome.kind for outcome in outcomes):
        groups.append((kind, tuple(o for o in outcomes if o.kind == kind)))
    for pause_ms in sorted({outcome.pause_ms for outcome in outcomes}):
        groups.append((f"pause {pause_ms} ms", tuple(o for o in outcomes if o.pause_ms == pause_ms)))
    for level in sorted({outcome.level_dbfs for outcome in outcomes}, reverse=True):
        groups.append((f"{level:.0f} dBFS", tuple(o for o in outcomes if o.level_dbfs == level)))
    for noise in dict.fromkeys(outcome.noise_dbfs for outcome in outcomes):
        groups.append((line_name(noise), tuple(o for o in outcomes if o.noise_dbfs == noise)))
    rows = tuple(_row(name, group) for name, group in groups)
    return (Table("Callers who pause (times p50 / p95 / p99)", _COLUMNS, rows), runs_table(report))


def plot_pauses(report: PausesReport, path: Path) -> None:
    """Draw the share of turns cut short over the length of the pause, and the waits; blocking."""
    figure = Figure(figsize=SIZE, layout="constrained")
    shares, waits = figure.subplots(1, 2)
    kinds = list(dict.fromkeys(outcome.kind for outcome in report.outcomes))
    for kind in kinds:
        of_kind = [outcome for outcome in report.outcomes if outcome.kind == kind]
        lengths = sorted({outcome.pause_ms for outcome in of_kind})
        values = [_percent_cut([o for o in of_kind if o.pause_ms == pause_ms]) for pause_ms in lengths]
        shares.plot(lengths, values, marker="o", label=kind)
    shares.legend(fontsize="small")
    finish(shares, "turns cut short, %", "longest pause, ms")
    waits.hist(
        [[o.reply_ms for o in report.outcomes if o.kind == kind and o.reply_ms is not None] for kind in kinds],
        bins=20,
        stacked=True,
        label=kinds,
    )
    finish(waits, "turns", "reply after the true end, ms")
    figure.savefig(path, dpi=DPI)


def _percent_cut(outcomes: list[PauseOutcome]) -> float:
    return 100 * sum(outcome.cut_short for outcome in outcomes) / max(1, len(outcomes))


def _row(name: str, outcomes: tuple[PauseOutcome, ...]) -> tuple[str, ...]:
    return (
        name,
        str(len(outcomes)),
        share(sum(outcome.cut_short for outcome in outcomes), len(outcomes)),
        str(sum(not outcome.answered for outcome in outcomes)),
        times(Spread.of(outcome.reply_ms for outcome in outcomes)),
    )
