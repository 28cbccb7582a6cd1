"""A small sample of every measurement of turn-taking, and of the long run, on one server; no figure is judged."""

import asyncio
from pathlib import Path

import pytest

from bench.commands import barge_in, noise, pauses, soak
from bench.environment import EnvironmentOptions, open_environment
from bench.limits.soak_report import SoakOptions
from bench.results import Report, read_reports, write_report
from bench.turns.known_replies import hear_replies, peaceful_question, teach
from bench.turns.replies import TOPIC_COUNT
from bench.turns.turn_report import TurnOptions

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


_KNOWN_SECONDS = 14.0
"""Of each reply: one sound, or one interruption, disturbs its beginning."""


def _ignore(_what: str, _done: int, _total: int) -> None: ...


async def test_every_command_measures_a_server(tmp_path: Path) -> None:
    one = TurnOptions(cases=1, callers=1, a_call=1)
    async with open_environment(EnvironmentOptions(most_calls=8)) as environment:
        await teach(environment, [peaceful_question(topic) for topic in range(TOPIC_COUNT)], {})
        known = await hear_replies(environment, _KNOWN_SECONDS)
        interrupted, disturbed, hesitant = await asyncio.gather(
            barge_in.measure(environment, one, _ignore, known),
            noise.measure(environment, one, _ignore, known),
            pauses.measure(environment, one, _ignore),
        )
        # Not beside the others: its script of the model's replies takes the place of theirs.
        long_run = await soak.measure(
            environment, SoakOptions(calls=1, callers=1, settle_seconds=0.2, opens_first=False), _ignore
        )
    reports: list[Report] = [interrupted, disturbed, hesitant, long_run]
    for report in reports:
        write_report(report, tmp_path)
    assert read_reports(tmp_path) == reports

    assert (interrupted.faults, disturbed.faults, hesitant.faults) == ((), (), ())
    [interruption] = interrupted.outcomes
    assert interruption.acted_on
    assert interruption.clear_ms is not None
    [sound] = disturbed.outcomes
    assert sound.kind == "cough"
    [turn] = hesitant.outcomes
    assert turn.answered
    assert long_run.made == long_run.in_good_order == 1
    assert long_run.before.tasks is not None
    assert long_run.before.sockets > 0
