"""`bench kill`: what is left of calls whose server is killed."""

import argparse

from bench.commands.common import add_output_arguments, not_negative, positive, run_on_loop
from bench.databases import DatabaseKind
from bench.environment import REPOSITORY
from bench.kill import DELAYS, KillBench
from bench.kill_report import KillOptions, KillReport
from bench.latency import Progress
from bench.machine import this_machine
from bench.results import write_report
from bench.screen import Screen

HELP = "SIGKILL at random instants of calls, on each database, beside a live call of another process"
_DEFAULT = KillOptions()
QUICK = KillOptions(kills=1, stalled_kills=0, longest_seconds=3.0, waits_for_leases=False)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this verb."""
    add_output_arguments(parser)
    add_database_argument(parser)
    parser.add_argument(
        "--kills", type=positive, default=_DEFAULT.kills, help="on each database (default: %(default)s)"
    )
    parser.add_argument(
        "--stalled-kills",
        type=not_negative,
        default=_DEFAULT.stalled_kills,
        help="further ones, while the database stalls (default: %(default)s)",
    )
    parser.add_argument(
        "--calls", type=positive, default=_DEFAULT.calls, help="held by each server (default: %(default)s)"
    )
    parser.add_argument("--seed", type=int, default=_DEFAULT.seed, help="of the instants (default: %(default)s)")


def add_database_argument(parser: argparse.ArgumentParser) -> None:
    """`--database`."""
    parser.add_argument(
        "--database",
        type=DatabaseKind,
        choices=tuple(DatabaseKind),
        action="append",
        help="may be repeated (default: each of them)",
    )


def run(namespace: argparse.Namespace) -> int:
    """Kill, print, write; 1 if something was lost or touched."""
    databases = tuple(namespace.database or DatabaseKind)
    if namespace.quick:
        options = QUICK.model_copy(update={"databases": databases})
    else:
        options = KillOptions(
            databases=databases,
            kills=namespace.kills,
            stalled_kills=namespace.stalled_kills,
            calls=namespace.calls,
            seed=namespace.seed,
        )
    screen = Screen()
    with screen.progress() as progress:
        report = run_on_loop(measure(options, progress))
    files = write_report(report, namespace.output)
    screen.show(report, tuple(fault for row in report.rows for fault in row.faults), files)
    return 0 if all(row.is_in_order for row in report.rows) else 1


async def measure(options: KillOptions, progress: Progress) -> KillReport:
    """Kill on one database after the other.

    Raises:
        ConfigurationError: Something did not start.
    """
    machine = this_machine(REPOSITORY)
    rows = [await KillBench(kind, options, progress).run() for kind in options.databases]
    return KillReport(machine=machine, options=options, delays=DELAYS, rows=tuple(rows))
