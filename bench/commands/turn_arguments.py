"""What the verbs that measure turn-taking share: their options, and how one is run and shown."""

import argparse
from collections.abc import Callable, Coroutine
from pathlib import Path

from bench.commands.common import (
    add_counts,
    add_server_arguments,
    environment_options,
    in_environment,
    run_on_loop,
)
from bench.environment import Environment
from bench.latency import Progress
from bench.results import AnyTurnReport, write_report
from bench.screen import Screen
from bench.turns.replies import TOPIC_COUNT
from bench.turns.turn_report import TurnOptions

Measure = Callable[[Environment, TurnOptions, Progress], Coroutine[object, object, AnyTurnReport]]
"""Measures a server."""


def add_turn_arguments(parser: argparse.ArgumentParser, default: TurnOptions, what: str) -> None:
    """The server, `--cases`, `--callers`, `--a-call`."""
    add_server_arguments(parser)
    add_counts(parser, default, cases=what, callers="calls at once", a_call="of them in one call")


def turn_options(namespace: argparse.Namespace, quick: TurnOptions) -> TurnOptions:
    """The load that the arguments name."""
    if namespace.quick:
        return quick
    return TurnOptions(cases=namespace.cases, callers=namespace.callers, a_call=namespace.a_call)


def measure_and_show(namespace: argparse.Namespace, quick: TurnOptions, measure: Measure) -> int:
    """Measure, print, write; returns the exit code: 1 if a call went wrong."""
    options = turn_options(namespace, quick)
    where = environment_options(namespace, max(options.callers, TOPIC_COUNT))
    screen = Screen()
    with screen.progress() as progress:
        report = run_on_loop(in_environment(where, lambda environment: measure(environment, options, progress)))
    files: tuple[Path, ...] = write_report(report, namespace.output)
    screen.show(report, report.faults, files)
    return 1 if report.faults else 0
