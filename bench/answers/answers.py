"""Frequent questions, asked by one caller after the other: with the answers cache off, and with it on."""

import secrets
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from bench.answers.agent_under_test import AgentSetting
from bench.answers.answers_report import AnswersOptions, AnswersRow, CacheUse, Lookups
from bench.call_figures import latency_row
from bench.call_plan import CallPlan, plan_single_question
from bench.latency import MadeCalls
from bench.shop import similar_question
from bench.statistics import Spread
from bench.talking_call import TalkedCall
from bench.vendor_delays import VendorDelays

_KEPT_SECONDS = 600
"""Longer than any row takes."""
_FIRST_MESSAGE = "Hello."
"""So short that more calls fit into the time."""
_NUMBER = "The caller's telephone number is {{system__caller_id}}."


class Calls(Protocol):
    """Makes calls, as `LatencyBench` does."""

    async def warm_up(self) -> float | None:
        """Make calls outside the figures; returns the cores that the idle server needs."""

    async def make_calls(self, what: str, at_once: int, plans: Sequence[CallPlan]) -> MadeCalls:
        """Make these calls, so many at once."""


class Agent(Protocol):
    """The agent that is called."""

    @property
    def before(self) -> AgentSetting:
        """As it was."""

    async def change(self, setting: AgentSetting) -> None:
        """Change it, for all calls that begin from now on."""


class AnswersBench:
    """Measures one server.

    Args:
        calls: Makes the calls.
        agent: Who answers them.
        count: Says how often the server has looked into its cache so far; None if it does not tell.
        options: How.
        delays: The vendors' own time; None if unknown.
    """

    def __init__(
        self,
        calls: Calls,
        agent: Agent,
        count: Callable[[], Awaitable[Lookups | None]],
        options: AnswersOptions,
        delays: VendorDelays | None,
    ) -> None:
        self._calls = calls
        self._agent = agent
        self._count = count
        self._options = options
        self._delays = delays
        self._made = 1
        """Calls so far; the first is that of the warm-up."""

    async def run(self) -> tuple[AnswersRow, ...]:
        """Measure; returns a row for every setting."""
        # Kept answers belong to a prompt: those of an earlier run are not found with this one.
        prompt = f"{self._agent.before.system_prompt}\n\n(Measurement {secrets.token_hex(4)}.)"
        await self._agent.change(_setting(CacheUse.OFF, prompt))
        idle = await self._calls.warm_up() or 0.0
        rows = []
        # The warm-up's question is of row 0.
        for row, use in enumerate(CacheUse, start=1):
            await self._agent.change(_setting(use, prompt))
            rows.append(await self._row(use, self._plans(row, self._options.times_of(use)), idle))
        return tuple(rows)

    async def _row(self, use: CacheUse, plans: Sequence[CallPlan], idle: float) -> AnswersRow:
        at_once = min(self._options.callers, len(plans))
        before = await self._count()
        made = await self._calls.make_calls(f"cache {use}", at_once, plans)
        after = await self._count()
        again = made.talked[self._options.questions :]
        return AnswersRow(
            use=use,
            figures=latency_row(
                at_once, made.talked, made.stored, made.cost, idle_cores=idle, delays=self._delays
            ),
            asked_again=Spread.of(_voice_to_voice(again)),
            lookups=after.since(before) if before is not None and after is not None else None,
        )

    def _plans(self, row: int, times: int) -> list[CallPlan]:
        """All questions once, then all of them again; no row asks what another did, which the server remembers."""
        questions, first = self._options.questions, self._made
        self._made += questions * times
        return [
            plan_single_question(first + number, similar_question(number % questions, row))
            for number in range(questions * times)
        ]


def _setting(use: CacheUse, prompt: str) -> AgentSetting:
    return AgentSetting(
        system_prompt=f"{prompt}\n{_NUMBER}" if use is CacheUse.NUMBERS else prompt,
        first_message=_FIRST_MESSAGE,
        answers_cache_seconds=0 if use is CacheUse.OFF else _KEPT_SECONDS,
    )


def _voice_to_voice(calls: Sequence[TalkedCall]) -> list[float | None]:
    return [said.measures.voice_to_voice_ms for call in calls for said in call.spoken if said.measures is not None]
