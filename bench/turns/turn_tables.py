"""What the tables of turn-taking have in common."""

from bench.tables import Table
from bench.turns.turn_report import TurnReport


def line_name(noise_dbfs: float | None) -> str:
    """Name a line by its noise."""
    return "quiet line" if noise_dbfs is None else f"line noise {noise_dbfs:.0f} dBFS"


def runs_table(report: TurnReport) -> Table:
    """How it was run, and whether the callers' clock was good enough."""
    return Table(
        "How it was measured",
        ("calls", "at once", "seconds", "faults", "callers late p50 / p99, ms", "trusted"),
        (
            (
                str(report.calls),
                str(report.options.callers),
                f"{report.seconds:.0f}",
                str(len(report.faults)),
                f"{report.lateness_p50_ms:.1f} / {report.lateness_p99_ms:.1f}",
                report.trusted,
            ),
        ),
    )
