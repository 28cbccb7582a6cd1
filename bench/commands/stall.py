"""`bench stall`: a busy writer whose database stalls, beside calls."""

import argparse

from bench.commands.common import add_output_arguments, positive, run_on_loop
from bench.commands.kill import add_database_argument
from bench.databases import DatabaseKind
from bench.environment import REPOSITORY
from bench.latency import Progress
from bench.machine import this_machine
from bench.results import write_report
from bench.screen import Screen
from bench.stall import DELAYS, StallBench
from bench.stall_report import StallOptions, StallReport

HELP = "a writer at 100 turns a second whose database stalls for 20 seconds, beside calls"
_DEFAULT = StallOptions()
_QUICK_SECONDS = 2.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this verb."""
    add_output_arguments(parser)
    add_database_argument(parser)
    parser.add_argument(
        "--rate", type=positive, default=_DEFAULT.rate, help="turns a second (default: %(default)s)"
    )
    parser.add_argument(
        "--seconds",
        type=positive,
        default=int(_DEFAULT.stall_seconds),
        help="of the stall, and of writing before and after it (default: %(default)s)",
    )
    parser.add_argument("--callers", type=positive, default=_DEFAULT.callers, help="(default: %(default)s)")


def run(namespace: argparse.Namespace) -> int:
    """Stall, print, write; 1 if something was lost or a question went unanswered."""
    seconds = _QUICK_SECONDS if namespace.quick else float(namespace.seconds)
    options = StallOptions(
        databases=tuple(namespace.database or DatabaseKind),
        rate=namespace.rate,
        before_seconds=seconds,
        stall_seconds=seconds,
        after_seconds=seconds,
        callers=namespace.callers,
    )
    screen = Screen()
    with screen.progress() as progress:
        report = run_on_loop(measure(options, progress))
    files = write_report(report, namespace.output)
    screen.show(report, tuple(fault for row in report.rows for fault in row.faults), files)
    return 0 if all(row.is_in_order for row in report.rows) else 1


async def measure(options: StallOptions, progress: Progress) -> StallReport:
    """Stall one database after the other.

    Raises:
        ConfigurationError: Something did not start.
    """
    machine = this_machine(REPOSITORY)
    rows = [await StallBench(kind, options, progress).run() for kind in options.databases]
    return StallReport(machine=machine, options=options, delays=DELAYS, rows=tuple(rows))
