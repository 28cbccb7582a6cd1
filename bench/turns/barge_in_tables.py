"""The tables and the plot of `bench barge-in`."""

from collections.abc import Iterable
from pathlib import Path

from matplotlib.figure import Figure

from bench.plot_style import DPI, SIZE, finish
from bench.statistics import Spread
from bench.tables import Table, times
from bench.turns.barge_in_report import BargeInOutcome, BargeInReport
from bench.turns.turn_report import share
from bench.turns.turn_tables import line_name, runs_table

_COLUMNS = ("", "tried", "acted on", "not answered", "spoken into", "interruption, ms", "yield, ms")


def barge_in_tables(report: BargeInReport) -> tuple[Table, ...]:
    """All together; by level, line and voice; and how far the measurement is to be trusted."""
    outcomes = report.outcomes
    groups = [("all", outcomes)]
    for level in sorted({outcome.level_dbfs for outcome in outcomes}, reverse=True):
        groups.append((f"{level:.0f} dBFS", tuple(o for o in outcomes if o.level_dbfs == level)))
    for noise in dict.fromkeys(outcome.noise_dbfs for outcome in outcomes):
        groups.append((line_name(noise), tuple(o for o in outcomes if o.noise_dbfs == noise)))
    for voice in dict.fromkeys(outcome.voice for outcome in outcomes):
        groups.append((f"voice {voice}", tuple(o for o in outcomes if o.voice == voice)))
    rows = tuple(_row(name, of_group) for name, of_group in groups)
    return (Table("Interruptions of long replies (times p50 / p95 / p99)", _COLUMNS, rows), runs_table(report))


def plot_barge_in(report: BargeInReport, path: Path) -> None:
    """Draw how many interruptions had got a `clear`, and silence, after which time; blocking."""
    figure = Figure(figsize=SIZE, layout="constrained")
    delays, levels = figure.subplots(1, 2)
    count = max(1, len(report.outcomes))
    for name, label in (("clear_ms", "clear"), ("yield_ms", "silence")):
        values = sorted(value for o in report.outcomes if (value := getattr(o, name)) is not None)
        delays.step(values, [100 * (number + 1) / count for number in range(len(values))], label=label)
    delays.legend(fontsize="small")
    finish(delays, "interruptions, %", "from the caller's onset, ms")
    heard = [(o.level_dbfs, o.clear_ms) for o in report.outcomes if o.clear_ms is not None]
    levels.plot([level for level, _ in heard], [value for _, value in heard], ".", alpha=0.5)
    finish(levels, "interruption, ms", "level of the speech, dBFS")
    figure.savefig(path, dpi=DPI)


def _row(name: str, outcomes: Iterable[BargeInOutcome]) -> tuple[str, ...]:
    group = tuple(outcomes)
    return (
        name,
        str(len(group)),
        share(sum(outcome.acted_on for outcome in group), len(group)),
        str(sum(not outcome.answered for outcome in group)),
        str(sum(outcome.spoken_into for outcome in group)),
        times(Spread.of(outcome.clear_ms for outcome in group)),
        times(Spread.of(outcome.yield_ms for outcome in group)),
    )
