"""`bench memory`: resident memory over sequential calls, and in batches of concurrent ones."""

import argparse

from bench.commands.common import (
    add_counts,
    add_server_arguments,
    environment_options,
    in_environment,
    run_on_loop,
)
from bench.environment import REPOSITORY, Environment
from bench.latency import Progress
from bench.machine import this_machine
from bench.memory import MemoryBench
from bench.memory_report import MemoryOptions, MemoryReport
from bench.results import write_report
from bench.screen import Screen
from bench.shop import chunk_count

HELP = "resident memory: over calls one after the other, and in batches of calls at once"
_DEFAULT = MemoryOptions()
QUICK = MemoryOptions(sequential=2, concurrent=2, batches=2, questions=1, stagger_seconds=0.2, settle_seconds=0.5)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this verb."""
    add_server_arguments(parser)
    add_counts(
        parser,
        _DEFAULT,
        sequential="short calls, one after the other",
        concurrent="calls at once in a batch",
        batches="batches of them",
    )


def run(namespace: argparse.Namespace) -> int:
    """Measure, print, write; 1 if a call was not in good order."""
    options = QUICK
    if not namespace.quick:
        options = MemoryOptions(
            sequential=namespace.sequential, concurrent=namespace.concurrent, batches=namespace.batches
        )
    screen = Screen()
    with screen.progress() as progress:
        where = environment_options(namespace, options.concurrent)
        report = run_on_loop(in_environment(where, lambda environment: measure(environment, options, progress)))
    files = write_report(report, namespace.output)
    screen.show(report, report.faults, files)
    return 1 if report.faults else 0


async def measure(environment: Environment, options: MemoryOptions, progress: Progress) -> MemoryReport:
    """Measure a server.

    Raises:
        ConfigurationError: Its process is unknown.
    """
    machine = this_machine(REPOSITORY)
    bench = MemoryBench(environment, options, progress)
    ready, sequential, batches = await bench.run()
    return MemoryReport(
        machine=machine,
        options=options,
        delays=environment.delays,
        chunks=chunk_count(),
        ready=ready,
        sequential=sequential,
        batches=batches,
        faults=tuple(bench.faults),
    )
