"""The tables: made once, shown on the screen and written into the documentation."""

from dataclasses import dataclass

from rich.table import Table as RichTable

from bench.latency_report import LatencyReport, LatencyRow
from bench.memory_report import WARM_AFTER, MemoryReport
from bench.statistics import Spread

NOTHING = "–"
"""A value that there is not."""


@dataclass(frozen=True, slots=True)
class Table:
    """Text in rows and columns.

    Attributes:
        title: A few words.
        columns: Their headings.
        rows: As many cells each.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def for_screen(self) -> RichTable:
        """The table for a terminal."""
        table = RichTable(title=self.title, title_justify="left")
        for column in self.columns:
            table.add_column(column, justify="right", overflow="fold")
        for row in self.rows:
            table.add_row(*row)
        return table

    def for_page(self) -> str:
        """The table in Markdown."""
        head = "| " + " | ".join(self.columns) + " |"
        rule = "|" + "---:|" * len(self.columns)
        return "\n".join(
            [f"**{self.title}**", "", head, rule, *("| " + " | ".join(row) + " |" for row in self.rows)]
        )


def latency_tables(report: LatencyReport) -> tuple[Table, ...]:
    """What callers waited for, how the calls went, what they cost, and the server's own account."""
    rows = report.rows
    tables = _latency_tables(report, rows)
    # The stock bot gives no account of its turns.
    return tables if _stages(rows) else tables[:-1]


def _latency_tables(report: LatencyReport, rows: tuple[LatencyRow, ...]) -> tuple[Table, ...]:
    return (
        Table(
            "What callers wait for, ms (p50 / p95 / p99)",
            ("calls", "replies", "voice-to-voice", "overhead", "interruption", "yield", "greeting", "trusted"),
            tuple(
                (
                    str(row.calls),
                    str(row.voice_to_voice.count if row.voice_to_voice else 0),
                    times(row.voice_to_voice),
                    times(row.overhead),
                    times(row.interruption),
                    times(row.yielding),
                    times(row.greeting),
                    row.trusted,
                )
                for row in rows
            ),
        ),
        Table(
            "How the calls went",
            (
                "calls",
                "in good order",
                "missing",
                "wrong",
                "search too slow",
                "premature",
                "interruptions heeded",
                "underruns",
            ),
            tuple(_order(row) for row in rows),
        ),
        Table(
            f"What they cost (idle: {_idle(report.idle_cores)}, not in the CPU-s per call-minute)",
            ("calls", "CPU-s per call-minute", "cores", "MiB", "machine busy", "callers late p50 / p99, ms"),
            tuple(_cost(row) for row in rows),
        ),
        Table(
            "The server's own account of a turn, ms (p50 / p95 / p99)",
            ("calls", *(stage.removesuffix("_ms").replace("_", " ") for stage in _stages(rows))),
            tuple((str(row.calls), *(times(row.stages.get(stage)) for stage in _stages(rows))) for row in rows),
        ),
    )


def memory_tables(report: MemoryReport) -> tuple[Table, ...]:
    """Memory after some of the sequential calls, and of each batch."""
    last = len(report.sequential)
    shown = sorted({1, WARM_AFTER, *range(20, last, 20), last} & set(range(1, last + 1)))
    batches = tuple(
        (
            str(number),
            f"{batch.before:.1f}",
            f"{batch.peak:.1f}",
            f"{batch.after:.1f}",
            f"{(batch.peak - batch.before) / report.options.concurrent:.2f}",
        )
        for number, batch in enumerate(report.batches, start=1)
    )
    return (
        Table(
            f"{last} calls, one after the other: resident memory, MiB",
            ("ready", *(f"after {number}" for number in shown), f"growth per call after {WARM_AFTER}"),
            (
                (
                    f"{report.ready:.1f}",
                    *(f"{report.sequential[number - 1]:.1f}" for number in shown),
                    f"{report.growth_per_sequential_call:+.3f}" if last > WARM_AFTER + 1 else NOTHING,
                ),
            ),
        ),
        Table(
            f"Batches of {report.options.concurrent} calls at once: resident memory, MiB",
            ("batch", "before", "peak", "after", "per call"),
            batches,
        ),
    )


def comparison_table(ours: LatencyReport, stock: LatencyReport) -> Table:
    """The product beside pipecat's stock bot, where both were measured with as many calls."""
    by_calls = {row.calls: row for row in stock.rows}
    return Table(
        "This product / pipecat's stock bot (how many times as much the stock bot needs)",
        (
            "calls",
            "voice-to-voice p50, ms",
            "p95, ms",
            "overhead p50, ms",
            "interruption p50, ms",
            "p95, ms",
            "greeting p50, ms",
            "underruns",
            "CPU-s per call-minute",
            "MiB",
        ),
        tuple(_compared(row, by_calls[row.calls]) for row in ours.rows if row.calls in by_calls),
    )


def _compared(ours: LatencyRow, stock: LatencyRow) -> tuple[str, ...]:
    return (
        str(ours.calls),
        _ratio(_p50(ours.voice_to_voice), _p50(stock.voice_to_voice)),
        _ratio(_p95(ours.voice_to_voice), _p95(stock.voice_to_voice)),
        _ratio(_p50(ours.overhead), _p50(stock.overhead)),
        _ratio(_p50(ours.interruption), _p50(stock.interruption)),
        _ratio(_p95(ours.interruption), _p95(stock.interruption)),
        _ratio(_p50(ours.greeting), _p50(stock.greeting)),
        f"{ours.underruns} / {stock.underruns}",
        _ratio(ours.cpu_seconds_per_call_minute, stock.cpu_seconds_per_call_minute, digits=2),
        _ratio(ours.rss_mib, stock.rss_mib),
    )


def _ratio(ours: float | None, stock: float | None, digits: int = 0) -> str:
    if ours is None or stock is None:
        return NOTHING
    times = f" ({stock / ours:.1f}×)" if ours > 0 else ""
    return f"{ours:.{digits}f} / {stock:.{digits}f}{times}"


def _p50(spread: Spread | None) -> float | None:
    return spread.p50 if spread is not None else None


def _p95(spread: Spread | None) -> float | None:
    return spread.p95 if spread is not None else None


def times(spread: Spread | None) -> str:
    """`p50 / p95 / p99`, without decimals."""
    return f"{spread.p50:.0f} / {spread.p95:.0f} / {spread.p99:.0f}" if spread is not None else NOTHING


def _idle(cores: float | None) -> str:
    return f"{cores:.3f} cores" if cores is not None else "unknown"


def _stages(rows: tuple[LatencyRow, ...]) -> list[str]:
    return list(dict.fromkeys(stage for row in rows for stage in row.stages))


def _order(row: LatencyRow) -> tuple[str, ...]:
    holes = f"{row.underruns} (longest {row.longest_underrun_ms:.0f} ms)" if row.underruns else "0"
    return (
        str(row.calls),
        f"{row.in_good_order} of {row.made}",
        f"{row.missing_replies} of {row.replies}",
        str(row.wrong_replies) if row.wrong_replies is not None else NOTHING,
        str(row.searches_timed_out),
        str(row.premature_replies),
        f"{row.interruptions_heeded} of {row.interruptions}",
        holes,
    )


def _cost(row: LatencyRow) -> tuple[str, ...]:
    cost = row.cpu_seconds_per_call_minute
    return (
        str(row.calls),
        f"{cost:.2f}" if cost is not None else NOTHING,
        f"{row.cores:.2f}" if row.cores is not None else NOTHING,
        f"{row.rss_mib:.0f}" if row.rss_mib is not None else NOTHING,
        f"{row.machine_busy:.0%}",
        f"{row.lateness_p50_ms:.1f} / {row.lateness_p99_ms:.1f}",
    )
