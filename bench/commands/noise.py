"""`bench noise`: sounds that should not stop the agent."""

import argparse
from collections.abc import Mapping

from bench.commands.turn_arguments import add_turn_arguments, measure_and_show
from bench.environment import Environment
from bench.latency import Progress
from bench.turns.hearing import KnownReply
from bench.turns.measurement import measure_turns
from bench.turns.noise import NoiseBench
from bench.turns.noise_report import NoiseReport
from bench.turns.turn_report import TurnOptions

HELP = "coughs, music, backchannels …: false stops, false pauses, length of the gap"
_DEFAULT = TurnOptions(cases=320, callers=10, a_call=20)
QUICK = TurnOptions(cases=8, callers=2, a_call=4)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this verb."""
    add_turn_arguments(parser, _DEFAULT, "sounds")


def run(namespace: argparse.Namespace) -> int:
    """Measure, print, write; 1 if a call went wrong."""
    return measure_and_show(namespace, QUICK, measure)


async def measure(
    environment: Environment,
    options: TurnOptions,
    progress: Progress,
    known: Mapping[int, KnownReply] | None = None,
) -> NoiseReport:
    """Measure a server.

    Args:
        environment: The server, and the network to call it over.
        options: How.
        progress: Told how it goes.
        known: The long replies by topic, as they sound undisturbed; None hears them first.

    Raises:
        httpx.HTTPError: The vendors could not be prepared.
        ConfigurationError: The server does not answer calls.
    """
    bench = NoiseBench(environment, options, progress, known)
    frame, outcomes = await measure_turns(environment, options, bench.run)
    return NoiseReport(**frame, outcomes=outcomes)
