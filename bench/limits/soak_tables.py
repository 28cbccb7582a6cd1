"""The tables and the plot of `bench soak`."""

from pathlib import Path

from matplotlib.figure import Figure

from bench.limits.soak_report import WARM_SHARE, SoakReport
from bench.plot_style import DPI, SIZE, finish
from bench.tables import NOTHING, Table, times


def soak_tables(report: SoakReport) -> tuple[Table, ...]:
    """Memory on the way, what is left, and how the calls went."""
    return (_memory(report), _left(report), _calls(report))


def plot_soak(report: SoakReport, path: Path) -> None:
    """Draw memory over the calls; blocking."""
    figure = Figure(figsize=SIZE, layout="constrained")
    axes = figure.subplots()
    axes.plot([sample.calls for sample in report.samples], [sample.rss_mib for sample in report.samples])
    axes.axvline(WARM_SHARE * report.options.calls, linestyle=":", color="gray", label="warm")
    axes.legend(fontsize="small")
    finish(axes, "resident memory, MiB", f"calls, {report.options.callers} at once")
    figure.savefig(path, dpi=DPI)


def _memory(report: SoakReport) -> Table:
    return Table(
        f"Resident memory over {report.made} short calls, {report.options.callers} at once, MiB",
        ("before", f"after {WARM_SHARE:.0%} of the calls", "most of the last 10%", "when all were over", "growth"),
        (
            (
                f"{report.before.rss_mib:.1f}",
                f"{report.warm_mib:.1f}",
                f"{report.last_mib:.1f}",
                f"{report.after.rss_mib:.1f}",
                f"{report.growth_percent:+.2f} %",
            ),
        ),
    )


def _left(report: SoakReport) -> Table:
    names = ("tasks", "sockets", "open_files", "descriptors", "threads", "files")
    rows = []
    for name in names:
        before, after = getattr(report.before, name), getattr(report.after, name)
        known = before is not None and after is not None
        rows.append(
            (
                name.replace("_", " ") if name != "files" else "files in var/",
                str(before) if known else NOTHING,
                str(after) if known else NOTHING,
                f"{after - before:+d}" if known else NOTHING,
            )
        )
    return Table("What the server holds while nobody calls", ("", "before", "after", "left"), tuple(rows))


def _calls(report: SoakReport) -> Table:
    return Table(
        "How the calls went (times p50 / p95 / p99)",
        (
            "in good order",
            "minutes",
            "greeting, ms",
            "voice-to-voice, ms",
            "underruns",
            "callers late p50 / p99, ms",
            "trusted",
        ),
        (
            (
                f"{report.in_good_order} of {report.made}",
                f"{report.seconds / 60:.1f}",
                times(report.greeting),
                times(report.voice_to_voice),
                str(report.underruns),
                f"{report.lateness_p50_ms:.1f} / {report.lateness_p99_ms:.1f}",
                report.trusted,
            ),
        ),
    )
