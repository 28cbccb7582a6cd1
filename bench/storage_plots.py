"""The plots of the measurements of storage."""

from pathlib import Path

from matplotlib.figure import Figure

from bench.kill_report import KillReport
from bench.stall_report import StallReport

_DPI = 90
_SIZE = (10.0, 3.4)


def plot_kill(report: KillReport, path: Path) -> None:
    """Draw for every killed call its instant, and the turns that were finished and stored; blocking."""
    figure = Figure(figsize=_SIZE, layout="constrained")
    all_axes = figure.subplots(1, len(report.rows), squeeze=False)[0]
    for axes, row in zip(all_axes, report.rows, strict=True):
        at = [call.at for call in row.calls]
        axes.plot(at, [call.finished - call.lost + call.beyond for call in row.calls], "x", label="stored")
        axes.plot(at, [call.finished for call in row.calls], ".", label="finished")
        axes.set_title(row.database.value, fontsize="small")
        axes.set_xlabel("killed after, s")
        axes.set_ylabel("turns of the call")
        axes.grid(visible=True, alpha=0.3)
        axes.legend(fontsize="small")
    figure.savefig(path, dpi=_DPI)


def plot_stall(report: StallReport, path: Path) -> None:
    """Draw what waited on the disk, and the callers' waiting times beside it; blocking."""
    figure = Figure(figsize=_SIZE, layout="constrained")
    all_axes = figure.subplots(1, len(report.rows), squeeze=False)[0]
    stall = report.options.before_seconds
    for axes, row in zip(all_axes, report.rows, strict=True):
        axes.axvspan(stall, stall + report.options.stall_seconds, color="lightgray", label="stalled")
        axes.plot(range(len(row.feed.spool)), row.feed.spool, label="turns on the disk")
        waiting = axes.twinx()
        waiting.plot([at for at, _ in row.at], [time for _, time in row.at], ".", color="tab:red")
        waiting.set_ylim(bottom=0)
        waiting.set_ylabel("voice-to-voice, ms (dots)")
        axes.set_title(row.database.value, fontsize="small")
        axes.set_xlabel("seconds")
        axes.set_ylabel("turns on the disk")
        axes.legend(fontsize="small", loc="upper left")
    figure.savefig(path, dpi=_DPI)
