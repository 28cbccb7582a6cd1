"""The tables and the plot of `bench noise`."""

from pathlib import Path

from matplotlib.figure import Figure

from bench.plot_style import DPI, SIZE, finish
from bench.statistics import Spread
from bench.tables import Table, times
from bench.turns.noise_report import Effect, NoiseOutcome, NoiseReport
from bench.turns.sounds import SYNTHESIZERS
from bench.turns.turn_report import share
from bench.turns.turn_tables import line_name, runs_table

_COLUMNS = ("", "sounds", "false stops", "false pauses", "gap, ms")


def noise_tables(report: NoiseReport) -> tuple[Table, ...]:
    """All together; by kind, level and line; and how far the measurement is to be trusted."""
    outcomes = report.outcomes
    groups = [("all", outcomes), ("without speech", tuple(o for o in outcomes if o.kind in SYNTHESIZERS))]
    for kind in dict.fromkeys(outcome.kind for outcome in outcomes):
        groups.append((kind, tuple(o for o in outcomes if o.kind == kind)))
    for level in sorted({outcome.level_dbfs for outcome in outcomes}, reverse=True):
        groups.append((f"{level:.0f} dBFS", tuple(o for o in outcomes if o.level_dbfs == level)))
    for noise in dict.fromkeys(outcome.noise_dbfs for outcome in outcomes):
        groups.append((line_name(noise), tuple(o for o in outcomes if o.noise_dbfs == noise)))
    rows = tuple(_row(name, group) for name, group in groups)
    return (
        Table("Sounds while the agent speaks (gap: p50 / p95 / p99)", _COLUMNS, rows),
        runs_table(report),
    )


def plot_noise(report: NoiseReport, path: Path) -> None:
    """Draw the shares by kind of sound, and the gaps; blocking."""
    figure = Figure(figsize=SIZE, layout="constrained")
    shares, gaps = figure.subplots(1, 2)
    kinds = list(dict.fromkeys(outcome.kind for outcome in report.outcomes))
    left = [0.0] * len(kinds)
    for effect, color in ((Effect.FALSE_STOP, "tab:red"), (Effect.FALSE_PAUSE, "tab:orange")):
        values = [_percent(report.outcomes, kind, effect) for kind in kinds]
        shares.barh(kinds, values, left=left, color=color, label=f"{effect}s")
        left = [before + value for before, value in zip(left, values, strict=True)]
    shares.legend(fontsize="small")
    finish(shares, "", "of the sounds, %")
    gaps.hist([o.gap_ms for o in report.outcomes if o.gap_ms is not None], bins=20)
    finish(gaps, "false pauses", "gap, ms")
    figure.savefig(path, dpi=DPI)


def _percent(outcomes: tuple[NoiseOutcome, ...], kind: str, effect: Effect) -> float:
    of_kind = [outcome for outcome in outcomes if outcome.kind == kind]
    return 100 * sum(outcome.effect is effect for outcome in of_kind) / max(1, len(of_kind))


def _row(name: str, outcomes: tuple[NoiseOutcome, ...]) -> tuple[str, ...]:
    return (
        name,
        str(len(outcomes)),
        share(sum(outcome.effect is Effect.FALSE_STOP for outcome in outcomes), len(outcomes)),
        share(sum(outcome.effect is Effect.FALSE_PAUSE for outcome in outcomes), len(outcomes)),
        times(Spread.of(outcome.gap_ms for outcome in outcomes)),
    )
