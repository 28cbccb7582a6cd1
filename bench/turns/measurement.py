"""Runs one measurement of turn-taking and makes its report."""

import time
from collections.abc import Awaitable, Callable
from typing import TypedDict, TypeVar

from bench.environment import REPOSITORY, Environment
from bench.machine import Machine, this_machine
from bench.shop import chunk_count
from bench.stolen_time import StolenTime
from bench.turns.turn_report import TurnOptions
from bench.turns.turn_runner import TurnResults
from bench.vendor_delays import VendorDelays

Outcome = TypeVar("Outcome")


class ReportFrame(TypedDict):
    """The fields that every such report has."""

    machine: Machine
    options: TurnOptions
    delays: VendorDelays | None
    chunks: int
    calls: int
    seconds: float
    lateness_p50_ms: float
    lateness_p99_ms: float
    machine_stolen: float
    faults: tuple[str, ...]


async def measure_turns(
    environment: Environment, options: TurnOptions, run: Callable[[], Awaitable[TurnResults[Outcome]]]
) -> tuple[ReportFrame, tuple[Outcome, ...]]:
    """Run; returns the frame of the report, and the outcomes."""
    machine = this_machine(REPOSITORY)
    begun, stolen = time.perf_counter(), StolenTime()
    results = await run()
    frame = ReportFrame(
        machine=machine,
        options=options,
        delays=environment.delays,
        chunks=chunk_count(),
        calls=results.calls,
        seconds=round(time.perf_counter() - begun, 1),
        lateness_p50_ms=round(results.lateness.percentile_ms(50), 2),
        lateness_p99_ms=round(results.lateness.percentile_ms(99), 2),
        machine_stolen=stolen.share(),
        faults=results.faults,
    )
    return frame, tuple(results.outcomes)
