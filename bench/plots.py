"""The plots: one small PNG for each report."""

from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bench.latency_report import LatencyReport, LatencyRow
from bench.memory_report import MemoryReport
from bench.plot_style import DPI, SIZE, finish
from bench.retrieval.measures import LOST_SHARES
from bench.retrieval.retrieval_report import RetrievalReport
from bench.statistics import Spread


def plot_latency(report: LatencyReport, path: Path) -> None:
    """Draw waiting times and cost over the number of calls; blocking."""
    figure = Figure(figsize=SIZE, layout="constrained")
    times, clears, cost = figure.subplots(1, 3)
    _draw_spreads(times, report.rows, "voice_to_voice", "voice-to-voice, ms")
    if report.delays is not None:
        times.axhline(report.delays.floor_ms, linestyle=":", color="gray", label="vendors' own time")
    _draw_spreads(clears, report.rows, "interruption", "interruption, ms")
    known = [(row.calls, row.cpu_seconds_per_call_minute) for row in report.rows]
    points = [(calls, value) for calls, value in known if value is not None]
    cost.plot([calls for calls, _ in points], [value for _, value in points], marker="o", color="tab:green")
    finish(cost, "CPU-seconds per call-minute", "calls at once")
    for axes in (times, clears):
        axes.legend(fontsize="small")
    figure.savefig(path, dpi=DPI)


def plot_memory(report: MemoryReport, path: Path) -> None:
    """Draw memory over the sequential calls, and of each batch; blocking."""
    figure = Figure(figsize=SIZE, layout="constrained")
    sequential, batches = figure.subplots(1, 2)
    sequential.plot(range(len(report.sequential) + 1), [report.ready, *report.sequential], marker=".")
    finish(sequential, "resident memory, MiB", "calls, one after the other")
    numbers = range(1, len(report.batches) + 1)
    for name, style in (("before", ":"), ("peak", "-"), ("after", "--")):
        values = [getattr(batch, name) for batch in report.batches]
        batches.plot(numbers, values, style, marker="o", label=name)
    batches.set_xticks(list(numbers))
    batches.legend(fontsize="small")
    finish(batches, "resident memory, MiB", f"batches of {report.options.concurrent} calls at once")
    figure.savefig(path, dpi=DPI)


def plot_retrieval(report: RetrievalReport, path: Path) -> None:
    """Draw answers found, and the curve of rejection, of every method; blocking."""
    figure = Figure(figsize=SIZE, layout="constrained")
    found, rejected = figure.subplots(1, 2)
    names = [row.name for row in report.methods]
    found.barh(names, [row.hit_at_3 for row in report.methods], label="hit@3", alpha=0.5)
    found.barh(names, [row.reciprocal_rank for row in report.methods], height=0.4, label="MRR")
    found.invert_yaxis()
    found.set_xlim(0.5, 1)
    found.tick_params(axis="y", labelsize="x-small")
    found.legend(fontsize="x-small")
    for row in report.methods:
        rejected.plot(
            [100 * share for share in LOST_SHARES], [100 * share for share in row.rejected], label=row.name
        )
    rejected.legend(fontsize="xx-small")
    finish(rejected, "unanswerable rejected, %", "answerable lost, %")
    figure.savefig(path, dpi=DPI)


def _draw_spreads(axes: Axes, rows: tuple[LatencyRow, ...], name: str, label: str) -> None:
    measured: list[tuple[int, Spread]] = [
        (row.calls, spread) for row in rows if (spread := getattr(row, name)) is not None
    ]
    calls = [at_once for at_once, _ in measured]
    for percentile, style in (("p50", "-"), ("p95", "--"), ("p99", ":")):
        axes.plot(
            calls, [getattr(spread, percentile) for _, spread in measured], style, marker="o", label=percentile
        )
    finish(axes, label, "calls at once")
