"""The tables and the plot of `bench capacity`."""

from pathlib import Path

from matplotlib.figure import Figure

from bench.latency_report import LatencyRow
from bench.limits.capacity_report import MOST_INTERRUPTION_MS, MOST_OVERHEAD_MS, CapacityReport, shortcomings
from bench.plot_style import DPI, SIZE, finish
from bench.statistics import Spread
from bench.tables import NOTHING, Table

_COLUMNS = (
    "calls",
    "in good order",
    "underruns",
    "voice-to-voice p50 / p95, ms",
    "overhead p95, ms",
    "interruption p95, ms",
    "greeting p95, ms",
    "CPU-s per call-minute",
    "MiB per added call",
    "machine busy",
    "callers late p99, ms",
)


def capacity_tables(report: CapacityReport) -> tuple[Table, ...]:
    """One row for every number of calls, and which is the largest in good order."""
    title = f"Calls in one process; the most in good order: {report.most_calls or 'none of these'}"
    return (Table(title, _COLUMNS, tuple(_row(report, row) for row in report.rows)),)


def plot_capacity(report: CapacityReport, path: Path) -> None:
    """Draw the bounded times, the cost and the memory over the number of calls; blocking."""
    figure = Figure(figsize=SIZE, layout="constrained")
    times, cost, memory = figure.subplots(1, 3)
    for name, most, color in (
        ("overhead", MOST_OVERHEAD_MS, "tab:blue"),
        ("interruption", MOST_INTERRUPTION_MS, "tab:orange"),
    ):
        measured = [(row.calls, spread.p95) for row in report.rows if (spread := getattr(row, name)) is not None]
        times.plot(
            [calls for calls, _ in measured], [value for _, value in measured], "o-", color=color, label=name
        )
        times.axhline(most, linestyle=":", color=color)
    times.legend(fontsize="small")
    finish(times, "p95, ms", "calls at once")
    known = [(row.calls, value) for row in report.rows if (value := row.cpu_seconds_per_call_minute) is not None]
    cost.plot([calls for calls, _ in known], [value for _, value in known], "o-", color="tab:green")
    finish(cost, "CPU-seconds per call-minute", "calls at once")
    resident = [(row.calls, row.rss_mib) for row in report.rows if row.rss_mib is not None]
    memory.plot([calls for calls, _ in resident], [value for _, value in resident], "o-", color="tab:red")
    finish(memory, "resident memory, MiB", "calls at once")
    figure.savefig(path, dpi=DPI)


def _row(report: CapacityReport, row: LatencyRow) -> tuple[str, ...]:
    added, cost, voice = report.mib_per_call(row), row.cpu_seconds_per_call_minute, row.voice_to_voice
    return (
        str(row.calls),
        "; ".join(shortcomings(row)) or "yes",
        str(row.underruns),
        f"{voice.p50:.0f} / {voice.p95:.0f}" if voice is not None else NOTHING,
        _p95(row.overhead),
        _p95(row.interruption),
        _p95(row.greeting),
        f"{cost:.2f}" if cost is not None else NOTHING,
        f"{added:.2f}" if added is not None else NOTHING,
        f"{row.machine_busy:.0%}",
        f"{row.lateness_p99_ms:.1f}",
    )


def _p95(spread: Spread | None) -> str:
    return f"{spread.p95:.0f}" if spread is not None else NOTHING
