"""`bench soak`: very many short calls, and what is left of them."""

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
from bench.limits.soak import SoakBench
from bench.limits.soak_report import SoakOptions, SoakReport
from bench.machine import this_machine
from bench.results import write_report
from bench.screen import Screen
from bench.shop import chunk_count
from bench.statistics import Spread
from bench.stolen_time import StolenTime
from simulator.twilio.lateness import Lateness

HELP = "very many short calls: growth of memory; tasks, sockets and files left"
_DEFAULT = SoakOptions()
QUICK = SoakOptions(calls=3, callers=2, settle_seconds=0.5)
_MOST_FAULTS_TOLD = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this verb."""
    add_server_arguments(parser)
    add_counts(parser, _DEFAULT, calls="short ones in all", callers="at once")


def run(namespace: argparse.Namespace) -> int:
    """Measure, print, write; 1 if a call was not in good order."""
    options = QUICK
    if not namespace.quick:
        options = SoakOptions(calls=namespace.calls, callers=namespace.callers)
    screen = Screen()
    with screen.progress() as progress:
        where = environment_options(namespace, options.callers)
        report = run_on_loop(in_environment(where, lambda environment: measure(environment, options, progress)))
    files = write_report(report, namespace.output)
    screen.show(report, report.faults, files)
    return 0 if report.in_good_order == report.made else 1


async def measure(environment: Environment, options: SoakOptions, progress: Progress) -> SoakReport:
    """Measure a server.

    Raises:
        ConfigurationError: Its process is unknown.
    """
    machine = this_machine(REPOSITORY)
    bench = SoakBench(environment, options, progress)
    stolen = StolenTime()
    before, calls, after = await bench.run()
    stolen_share = stolen.share()
    lateness = Lateness.of_all(call.lateness for call in calls)
    faults = [f"call {call.plan.index}: {fault}" for call in calls for fault in call.faults]
    turns = [turn for call in calls for turn in call.measures.turns]
    return SoakReport(
        machine=machine,
        options=options,
        delays=environment.delays,
        chunks=chunk_count(),
        made=len(calls),
        in_good_order=sum(not call.faults for call in calls),
        seconds=round(bench.seconds, 1),
        before=before,
        after=after,
        samples=tuple(bench.samples),
        greeting=Spread.of(call.measures.greeting_ms for call in calls),
        voice_to_voice=Spread.of(turn.voice_to_voice_ms for turn in turns),
        underruns=sum(len(call.measures.underruns) for call in calls),
        lateness_p50_ms=round(lateness.percentile_ms(50), 2),
        lateness_p99_ms=round(lateness.percentile_ms(99), 2),
        machine_stolen=stolen_share,
        faults=tuple(faults[:_MOST_FAULTS_TOLD]),
    )
