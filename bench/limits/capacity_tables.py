"""The tables and the plot of `bench capacity`."""

from pathlib import Path

from matplotlib.figure import Figure

from bench.latency_report import LatencyRow
from bench.limits.capacity_report import MOST_INTERRUPTION_MS, MOST_OVERHEAD_MS, CapacityReport, shortcomings
from bench.plot_style import DPI, SIZE, finish
from bench.statistics import Spread
from bench.tables import NOTHING, Table, times


def capacity_tables(report: CapacityReport) -> tuple[Table, ...]:
    """Which is the largest number of calls in good order, and what calls cost."""
    title = f"Calls in one process; the most in good order: {report.most_calls or 'none of these'} (p95, ms)"
    columns = (
        "calls",
        "in good order",
        "underruns",
        "overhead",
        "interruption",
        "greeting",
        "callers late p99, ms",
    )
    return (
        Table(title, columns, tuple(_order(row) for row in report.rows)),
        Table(
            "What they wait for (p50 / p95 / p99) and cost",
            (
                "calls",
                "voice-to-voice, ms (p50 / p95 / p99)",
                "CPU-s per call-minute",
                "MiB",
                "MiB per added call",
                "busy",
            ),
            tuple(_cost(report, row) for row in report.rows),
        ),
    )


def plot_capacity(report: CapacityReport, path: Path) -> None:
    """Draw the bounded times, the cost and the memory over the number of calls; blocking."""
    figure = Figure(figsize=SIZE, layout="constrained")
    delays, cost, memory = figure.subplots(1, 3)
    for name, most, color in (
        ("overhead", MOST_OVERHEAD_MS, "tab:blue"),
        ("interruption", MOST_INTERRUPTION_MS, "tab:orange"),
    ):
        measured = [(row.calls, spread.p95) for row in report.rows if (spread := getattr(row, name)) is not None]
        delays.plot(
            [calls for calls, _ in measured], [value for _, value in measured], "o-", color=color, label=name
        )
        delays.axhline(most, linestyle=":", color=color)
    delays.legend(fontsize="small")
    finish(delays, "p95, ms", "calls at once")
    known = [(row.calls, value) for row in report.rows if (value := row.cpu_seconds_per_call_minute) is not None]
    cost.plot([calls for calls, _ in known], [value for _, value in known], "o-", color="tab:green")
    finish(cost, "CPU-seconds per call-minute", "calls at once")
    resident = [(row.calls, row.rss_mib) for row in report.rows if row.rss_mib is not None]
    memory.plot([calls for calls, _ in resident], [value for _, value in resident], "o-", color="tab:red")
    finish(memory, "resident memory, MiB", "calls at once")
    figure.savefig(path, dpi=DPI)


def _order(row: LatencyRow) -> tuple[str, ...]:
    return (
        str(row.calls),
        "; ".join(shortcomings(row)) or "yes",
        str(row.underruns),
        _p95(row.overhead),
        _p95(row.interruption),
        _p95(row.greeting),
        f"{row.lateness_p99_ms:.1f}",
    )


def _cost(report: CapacityReport, row: LatencyRow) -> tuple[str, ...]:
    added, cost = report.mib_per_call(row), row.cpu_seconds_per_call_minute
    return (
        str(row.calls),
        times(row.voice_to_voice),
        f"{cost:.2f}" if cost is not None else NOTHING,
        f"{row.rss_mib:.0f}" if row.rss_mib is not None else NOTHING,
        f"{added:.2f}" if added is not None else NOTHING,
        f"{row.machine_busy:.0%}",
    )


def _p95(spread: Spread | None) -> str:
    return f"{spread.p95:.0f}" if spread is not None else NOTHING
