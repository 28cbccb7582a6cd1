"""Kills servers at random instants of their calls, beside a server that lives, and looks what is left."""

import asyncio
import random
import tempfile
import time
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from bench.bystander import BystanderCalls
from bench.chatting_caller import ChattingCaller, Said
from bench.databases import BenchDatabase, DatabaseKind, open_database
from bench.kill_report import KilledCall, KillOptions, KillRow
from bench.latency import Progress
from bench.site import Site, SiteServer, open_site
from bench.small_talk import Exchange, exchange, prepare_talk
from bench.stored_talk import compare, read_talk
from bench.vendor_delays import VendorDelays
from simulator.twilio.errors import CallOverError, WaitTimeoutError
from simulator.twilio.speech import PreparedSpeech

DELAYS = VendorDelays(stt_final_ms=80, llm_first_token_ms=80, llm_tokens_per_second=200, tts_first_byte_ms=80)
"""Quick vendors: more turns in the same time."""
LOST = "The server process that ran this call stopped."
_LANES = (1, 2)
"""Addresses of servers to be killed: while one is called, the next one starts."""
_STALL_SECONDS = (2.0, 6.0)
"""Between these, at random, the database has stalled when a server is killed: turns were finished meanwhile."""
_COLLECTED_SECONDS = 150.0
"""By then every lease has run out and was collected, on a busy machine too."""


@dataclass(frozen=True, slots=True)
class _Kill:
    """A call at the instant at which its server was killed."""

    call_sid: str
    stalled: bool
    at: float
    finished: tuple[Said, ...]
    since_finished: float


class KillBench:
    """Kills, on one database.

    Args:
        kind: Which database.
        options: How.
        progress: Told of it.
    """

    def __init__(self, kind: DatabaseKind, options: KillOptions, progress: Progress) -> None:
        self._kind = kind
        self._options = options
        self._progress = progress
        self._random = random.Random(f"{options.seed} {kind}")
        self._to_do = options.kills
        self._killed: list[_Kill] = []
        self._done = 0
        self._faults: list[str] = []

    async def run(self) -> KillRow:
        """Kill, wait for the leases, compare.

        Raises:
            ConfigurationError: Something did not start.
        """
        speeches = await prepare_talk()
        with tempfile.TemporaryDirectory(prefix="bench-kill-") as home:
            folder = Path(home)
            calls = len(_LANES) * self._options.calls + 1
            async with (
                open_database(self._kind, folder) as database,
                open_site(folder, database.url, DELAYS, slots=3, most_calls=calls) as site,
                site.server(0) as living,
            ):
                beside = BystanderCalls(site, living, speeches)
                watching = asyncio.create_task(beside.run(), name="bystander")
                try:
                    async with asyncio.TaskGroup() as lanes:
                        for lane in _LANES:
                            lanes.create_task(self._lane(site, lane, speeches), name=f"lane:{lane}")
                    await self._stalled_kills(site, database, speeches)
                    calls_left = await self._look_at_all(living)
                finally:
                    beside.stop()
                bystander = await watching
        return KillRow(
            database=self._kind,
            calls=calls_left,
            bystander=bystander,
            faults=tuple([*self._faults, *beside.faults][:10]),
        )

    async def _lane(self, site: Site, lane: int, speeches: Mapping[str, PreparedSpeech]) -> None:
        while self._to_do > 0:
            self._to_do -= 1
            async with site.server(lane) as server:
                if await self._call_and_kill(site, server, lane, speeches):
                    self._done += 1
                    self._progress(f"{self._kind}: kills", self._done, self._options.kills)
                else:
                    self._to_do += 1

    async def _stalled_kills(
        self, site: Site, database: BenchDatabase, speeches: Mapping[str, PreparedSpeech]
    ) -> None:
        lane, to_do = _LANES[0], self._options.stalled_kills
        for number in range(to_do):
            async with site.server(lane) as server:
                await self._call_and_kill(site, server, lane, speeches, database)
            self._progress(f"{self._kind}: kills while the database stalls", number + 1, to_do)

    async def _call_and_kill(
        self,
        site: Site,
        server: SiteServer,
        lane: int,
        speeches: Mapping[str, PreparedSpeech],
        stalling: BenchDatabase | None = None,
    ) -> bool:
        """Fill a server with calls and kill it; False if it could not be called."""
        calls = [
            ChattingCaller(site.caller(server, f"+1415555{lane}{number:03d}"), self._about(), speeches)
            for number in range(self._options.calls)
        ]
        try:
            await asyncio.gather(*(call.connect() for call in calls))
        except (CallOverError, WaitTimeoutError) as error:
            self._faults.append(f"not connected, and not counted: {error.message}")
            return False
        began = time.perf_counter()
        chats = [asyncio.create_task(call.chat(lambda: True), name="chat") for call in calls]
        await asyncio.sleep(self._random.uniform(0.0, self._options.longest_seconds))
        async with AsyncExitStack() as stall:
            if stalling is not None:
                await stall.enter_async_context(stalling.stalled())
                await asyncio.sleep(self._random.uniform(*_STALL_SECONDS))
            at = time.perf_counter() - began
            kills = [
                _Kill(call.call_sid, stalling is not None, at, call.finished(), call.since_finished())
                for call in calls
            ]
            server.kill()
            await asyncio.gather(*chats)
        for call in calls:
            await call.hang_up()
        self._killed += kills
        return True

    def _about(self) -> "_Topics":
        return _Topics(self._random.randrange(1000))

    async def _look_at_all(self, living: SiteServer) -> tuple[KilledCall, ...]:
        found = []
        waits = self._options.waits_for_leases
        deadline = time.perf_counter() + (_COLLECTED_SECONDS if waits else 0.0)
        for number, kill in enumerate(self._killed, start=1):
            left = max(0.0, deadline - time.perf_counter())
            stored = await read_talk(living.url, kill.call_sid, over_within=left)
            comparison = compare(kill.finished, stored.turns())
            reason = stored.metadata.termination_reason or ""
            for fault in comparison.faults[:1]:
                self._faults.append(f"{kill.call_sid}, killed at {kill.at:.2f} s: {fault}")
            found.append(
                KilledCall(
                    stalled=kill.stalled,
                    at=round(kill.at, 3),
                    finished=len(kill.finished),
                    lost=len(comparison.lost),
                    beyond=comparison.beyond,
                    since_finished_ms=round(kill.since_finished * 1000) if kill.finished else None,
                    ended_as=reason or stored.status,
                    is_failed=(stored.status == "failed" and reason == LOST) if waits else not stored.is_over,
                )
            )
            self._progress(f"{self._kind}: leases run out, calls compared", number, len(self._killed))
        return tuple(found)


class _Topics:
    """What one caller talks about: the common list from some place on."""

    def __init__(self, first: int) -> None:
        self._first = first

    def __call__(self, index: int) -> Exchange:
        return exchange(self._first + index)
