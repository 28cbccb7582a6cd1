"""`bench latency`: waiting times and CPU cost at some numbers of calls."""

import argparse
from dataclasses import replace
from pathlib import Path

from bench.commands.common import add_server_arguments, environment_options, numbers, positive, run_on_loop
from bench.environment import REPOSITORY, EnvironmentOptions, open_environment
from bench.latency import LatencyBench, Progress
from bench.latency_report import LatencyOptions, LatencyReport
from bench.machine import this_machine
from bench.results import write_report
from bench.screen import Screen
from bench.shop import FACT_COUNT, chunk_count
from config.errors import ConfigurationError

HELP = "voice-to-voice, overhead, interruption, greeting and CPU cost at some numbers of calls"
_DEFAULT = LatencyOptions()
QUICK = LatencyOptions(calls=(2,), questions=1, least_turns=1, stagger_seconds=0.2, idle_seconds=1.0)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this verb."""
    add_server_arguments(parser)
    add_load_arguments(parser, _DEFAULT.calls)
    parser.add_argument(
        "--chunks",
        type=positive,
        default=FACT_COUNT,
        help="of documents, at least, that the agent of a server started here knows (default: %(default)s)",
    )


def add_load_arguments(parser: argparse.ArgumentParser, calls: tuple[int, ...]) -> None:
    """`--calls`, `--questions`, `--least-turns`: the load, which is the same whoever has to bear it."""
    parser.add_argument(
        "--calls",
        type=numbers,
        default=calls,
        metavar="N,N,…",
        help=f"numbers of calls at once, one row each (default: {','.join(map(str, calls))})",
    )
    parser.add_argument(
        "--questions",
        type=positive,
        default=_DEFAULT.questions,
        help="in every call, beside the reply that is interrupted (default: %(default)s)",
    )
    parser.add_argument(
        "--least-turns",
        type=positive,
        default=_DEFAULT.least_turns,
        help="callers call again until a row has so many turns (default: %(default)s)",
    )


def run(namespace: argparse.Namespace) -> int:
    """Measure, print, write; 1 if a call was not in good order.

    Raises:
        ConfigurationError: Documents are wanted that a running server cannot be given.
    """
    if namespace.server is not None and namespace.chunks != FACT_COUNT:
        raise ConfigurationError(
            "--chunks is for a server started here; one that is running has the documents it has."
        )
    options = load_options(namespace)
    where = replace(environment_options(namespace, max(options.calls)), facts=namespace.chunks)
    return measure_and_show(where, options, namespace.output)


def load_options(namespace: argparse.Namespace) -> LatencyOptions:
    """The load that the arguments name."""
    if namespace.quick:
        return QUICK
    return LatencyOptions(calls=namespace.calls, questions=namespace.questions, least_turns=namespace.least_turns)


def measure_and_show(where: EnvironmentOptions, options: LatencyOptions, output: Path) -> int:
    """Measure, print, write; returns the exit code: 1 if a call was not in good order."""
    screen = Screen()
    with screen.progress() as progress:
        report = run_on_loop(measure(where, options, progress))
    files = write_report(report, output)
    screen.show(report, tuple(fault for row in report.rows for fault in row.faults), files)
    return 0 if all(row.in_good_order == row.made for row in report.rows) else 1


async def measure(where: EnvironmentOptions, options: LatencyOptions, progress: Progress) -> LatencyReport:
    """Measure a server, or the stock bot in its place.

    Raises:
        ConfigurationError: It did not start, or cannot be called.
    """
    machine = this_machine(REPOSITORY)
    async with open_environment(where) as environment:
        idle, rows = await LatencyBench(environment, options, progress).run()
        return LatencyReport(
            command="stock" if where.stock else "latency",
            machine=machine,
            options=options,
            delays=environment.delays,
            chunks=0 if where.stock else chunk_count(where.facts),
            idle_cores=round(idle, 4) if idle is not None else None,
            rows=rows,
        )
