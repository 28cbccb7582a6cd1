"""`bench answers`: frequent questions, with the answers cache off and on."""

import argparse
from functools import partial

from bench.answers.agent_under_test import agent_under_test
from bench.answers.answers import AnswersBench
from bench.answers.answers_report import MOST_QUESTIONS, AnswersOptions, AnswersReport
from bench.answers.lookups import count_lookups
from bench.commands.common import (
    add_counts,
    add_server_arguments,
    environment_options,
    in_environment,
    run_on_loop,
)
from bench.environment import REPOSITORY, Environment
from bench.latency import LatencyBench, Progress
from bench.machine import this_machine
from bench.results import write_report
from bench.screen import Screen
from bench.shop import chunk_count

HELP = "frequent questions, with the answers cache off and on: waiting times, answers from the cache"
_DEFAULT = AnswersOptions()
QUICK = AnswersOptions(questions=2, times=2, callers=2, idle_seconds=0.5)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this verb."""
    add_server_arguments(parser)
    parser.add_argument(
        "--questions",
        type=int,
        choices=range(1, MOST_QUESTIONS + 1),
        metavar="N",
        default=_DEFAULT.questions,
        help=f"frequent ones, in each row others; {MOST_QUESTIONS} at most (default: %(default)s)",
    )
    add_counts(
        parser,
        _DEFAULT,
        times="that each of them is asked, by another caller every time",
        callers="calls at once",
    )


def run(namespace: argparse.Namespace) -> int:
    """Measure, print, write; 1 if a call was not in good order, or an answer was shared that may not be."""
    options = QUICK
    if not namespace.quick:
        options = AnswersOptions(questions=namespace.questions, times=namespace.times, callers=namespace.callers)
    screen = Screen()
    with screen.progress() as progress:
        where = environment_options(namespace, options.callers)
        report = run_on_loop(in_environment(where, lambda environment: measure(environment, options, progress)))
    files = write_report(report, namespace.output)
    screen.show(report, tuple(fault for row in report.rows for fault in row.faults), files)
    return 0 if all(row.is_in_order for row in report.rows) else 1


async def measure(environment: Environment, options: AnswersOptions, progress: Progress) -> AnswersReport:
    """Measure a server.

    Raises:
        ConfigurationError: It does not have the agent under test.
    """
    machine = this_machine(REPOSITORY)
    latency = LatencyBench(environment, options.load, progress)
    async with agent_under_test(environment) as agent:
        bench = AnswersBench(latency, agent, partial(count_lookups, environment), options, environment.delays)
        rows = await bench.run()
    return AnswersReport(
        machine=machine,
        options=options,
        delays=environment.delays,
        chunks=chunk_count(),
        rows=rows,
    )
