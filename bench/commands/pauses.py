"""`bench pauses`: callers who pause before they are done."""

import argparse

from bench.commands.turn_arguments import add_turn_arguments, measure_and_show
from bench.environment import Environment
from bench.latency import Progress
from bench.turns.measurement import measure_turns
from bench.turns.pauses import PausesBench
from bench.turns.pauses_report import PausesReport
from bench.turns.turn_report import TurnOptions

HELP = "callers who pause in mid-sentence: turns cut short, reply after the true end"
_DEFAULT = TurnOptions(cases=300, callers=10, a_call=15)
QUICK = TurnOptions(cases=3, callers=3, a_call=1)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this verb."""
    add_turn_arguments(parser, _DEFAULT, "turns")


def run(namespace: argparse.Namespace) -> int:
    """Measure, print, write; 1 if a call went wrong."""
    return measure_and_show(namespace, QUICK, measure)


async def measure(environment: Environment, options: TurnOptions, progress: Progress) -> PausesReport:
    """Measure a server.

    Raises:
        httpx.HTTPError: The vendors could not be prepared.
    """
    bench = PausesBench(environment, options, progress)
    frame, outcomes = await measure_turns(environment, options, bench.run)
    return PausesReport(**frame, outcomes=outcomes)
