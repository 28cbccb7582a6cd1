"""`bench capacity`: more and more calls at once, until the server breaks."""

import argparse

from bench.commands.common import (
    add_server_arguments,
    environment_options,
    in_environment,
    numbers,
    positive,
    run_on_loop,
)
from bench.environment import REPOSITORY, Environment
from bench.latency import LatencyBench, Progress
from bench.limits.capacity import CapacityBench
from bench.limits.capacity_report import CapacityOptions, CapacityReport
from bench.machine import this_machine
from bench.results import write_report
from bench.screen import Screen
from bench.shop import chunk_count

HELP = "more and more calls at once, and the most that are in good order"
_DEFAULT = CapacityOptions()
QUICK = CapacityOptions(calls=(1, 2), questions=1, idle_seconds=0.5, goes_on=True)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this verb."""
    add_server_arguments(parser)
    parser.add_argument(
        "--calls",
        type=numbers,
        default=_DEFAULT.calls,
        metavar="N,N,…",
        help=f"numbers of calls at once (default: {','.join(map(str, _DEFAULT.calls))})",
    )
    parser.add_argument(
        "--questions", type=positive, default=_DEFAULT.questions, help="in every call (default: %(default)s)"
    )
    parser.add_argument(
        "--go-on",
        action="store_true",
        help="do not stop where the server breaks",
    )


def run(namespace: argparse.Namespace) -> int:
    """Measure, print, write; 1 if not even the fewest calls were in good order."""
    options = QUICK
    if not namespace.quick:
        options = CapacityOptions(
            calls=tuple(sorted(namespace.calls)), questions=namespace.questions, goes_on=namespace.go_on
        )
    screen = Screen()
    with screen.progress() as progress:
        where = environment_options(namespace, max(options.calls))
        report = run_on_loop(in_environment(where, lambda environment: measure(environment, options, progress)))
    files = write_report(report, namespace.output)
    screen.show(report, tuple(fault for row in report.rows for fault in row.faults), files)
    return 0 if report.most_calls else 1


async def measure(environment: Environment, options: CapacityOptions, progress: Progress) -> CapacityReport:
    """Measure a server."""
    machine = this_machine(REPOSITORY)
    latency = LatencyBench(environment, options.load, progress)
    bench = CapacityBench(latency, environment.server_pid, options)
    rows = await bench.run()
    return CapacityReport(
        machine=machine,
        options=options,
        delays=environment.delays,
        chunks=chunk_count(),
        idle_cores=round(bench.idle_cores, 4) if bench.idle_cores is not None else None,
        ready_mib=bench.ready_mib,
        rows=rows,
    )
