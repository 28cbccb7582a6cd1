"""The tables of the measurements of storage: killed servers, stalled databases."""

from collections.abc import Iterator, Sequence

from bench.kill_report import KilledCall, KillReport, KillRow
from bench.stall_report import StallOptions, StallReport, StallRow
from bench.statistics import Spread
from bench.tables import NOTHING, Table, times


def kill_tables(report: KillReport) -> tuple[Table, ...]:
    """What is left of killed calls, and what the living one noticed."""
    return (
        Table(
            "Calls whose server was killed",
            (
                "database",
                "kills",
                "calls",
                "finished turns",
                "lost",
                "turns beyond",
                "failed as lost",
                "last sound to kill, ms (least / p50)",
            ),
            tuple(_killed_rows(report)),
        ),
        Table(
            "The live call of another process, meanwhile",
            (
                "database",
                "calls",
                "minutes",
                "questions",
                "unanswered",
                "turns lost",
                "looks",
                "touched",
                "voice-to-voice, ms (p50 / p95 / p99)",
                "caller late p99, ms",
            ),
            tuple(_bystander(row) for row in report.rows),
        ),
    )


def stall_tables(report: StallReport) -> tuple[Table, ...]:
    """What became of the turns, and what callers noticed."""
    options = report.options
    return (
        Table(
            f"{options.rate} turns a second, the database stalled for {options.stall_seconds:.0f} s",
            (
                "database",
                "turns",
                "stored",
                "dropped",
                "most on the disk",
                "disk empty after the stall, s",
                "longest put, ms",
                "loop late p50 / p95 / p99, ms",
            ),
            tuple(_fed(row, options) for row in report.rows),
        ),
        Table(
            "Calls in the same process",
            (
                "database",
                *(f"{name}: answered; voice-to-voice" for name in ("before", "stalled", "after")),
                "turns lost",
                "callers late p99, ms",
            ),
            tuple(_calls(row) for row in report.rows),
        ),
    )


def _killed_rows(report: KillReport) -> Iterator[tuple[str, ...]]:
    for row in report.rows:
        for stalled, name in ((False, row.database.value), (True, f"{row.database.value}, stalled")):
            calls = [call for call in row.calls if call.stalled is stalled]
            if calls:
                yield _killed(name, calls, report.options.calls)


def _killed(database: str, calls: Sequence[KilledCall], calls_at_once: int) -> tuple[str, ...]:
    since = Spread.of(call.since_finished_ms for call in calls)
    least = min((call.since_finished_ms for call in calls if call.since_finished_ms is not None), default=0.0)
    return (
        database,
        str(len(calls) // calls_at_once),
        str(len(calls)),
        str(sum(call.finished for call in calls)),
        str(sum(call.lost for call in calls)),
        str(sum(call.beyond for call in calls)),
        f"{sum(call.is_failed for call in calls)} of {len(calls)}",
        f"{least:.0f} / {since.p50:.0f}" if since else NOTHING,
    )


def _bystander(row: KillRow) -> tuple[str, ...]:
    beside = row.bystander
    return (
        row.database.value,
        str(beside.calls),
        f"{beside.minutes:.1f}",
        str(beside.questions),
        str(beside.unanswered),
        f"{beside.lost} of {beside.turns}",
        str(beside.looks),
        str(beside.touched),
        times(beside.voice_to_voice),
        f"{beside.lateness_p99_ms:.1f}",
    )


def _fed(row: StallRow, options: StallOptions) -> tuple[str, ...]:
    feed, caught_up = row.feed, row.caught_up_after(options)
    return (
        row.database.value,
        str(feed.put),
        str(row.stored),
        str(feed.dropped),
        str(max(feed.spool, default=0)),
        NOTHING if caught_up is None else str(caught_up),
        f"{feed.longest_put_ms:.2f}",
        times(feed.lateness),
    )


def _calls(row: StallRow) -> tuple[str, ...]:
    answered = (
        f"{phase.questions - phase.unanswered} of {phase.questions}; {times(phase.voice_to_voice)}"
        for phase in row.phases
    )
    return (row.database.value, *answered, f"{row.lost} of {row.turns}", f"{row.lateness_p99_ms:.1f}")
