"""`bench stock`: the load of `bench latency` on pipecat's stock bot, for the ratio."""

import argparse

from bench.commands.common import add_output_arguments
from bench.commands.latency import add_load_arguments, load_options, measure_and_show
from bench.environment import EnvironmentOptions

HELP = "the same calls as `latency` makes, to a stock pipecat bot instead"
_CALLS = (1, 5, 10)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this verb."""
    add_output_arguments(parser)
    add_load_arguments(parser, _CALLS)


def run(namespace: argparse.Namespace) -> int:
    """Measure, print, write; 1 if a call was not in good order."""
    options = load_options(namespace)
    return measure_and_show(
        EnvironmentOptions(most_calls=max(options.calls), stock=True), options, namespace.output
    )
