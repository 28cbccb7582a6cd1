"""Stalls the database of a server whose writer is busy, beside callers who talk all the while."""

import asyncio
import os
import signal
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from bench.chatting_caller import ChattingCaller
from bench.databases import BenchDatabase, DatabaseKind, open_database
from bench.environment import raise_priority
from bench.feeder import AGENT_ID, CONVERSATIONS, fed_turn
from bench.latency import Progress
from bench.site import Site, SiteServer, open_site
from bench.small_talk import exchange, prepare_talk
from bench.stall_report import FeedResult, Phase, StallOptions, StallRow
from bench.statistics import Spread
from bench.stored_talk import compare, read_talk
from bench.vendor_delays import VendorDelays
from config.errors import ConfigurationError
from data.database import Database
from data.pagination import MAX_PAGE_SIZE
from data.queries import ConversationQuery
from data.repositories.conversation import ConversationRepository
from data.workspaces import DEFAULT_WORKSPACE_ID
from simulator.twilio.speech import PreparedSpeech

DELAYS = VendorDelays()
_RESULT_SECONDS = 180.0
_STORED_SECONDS = 30.0
_SETTLE_SECONDS = 3.0


class StallBench:
    """Stalls one database.

    Args:
        kind: Which.
        options: How.
        progress: Told of it.
    """

    def __init__(self, kind: DatabaseKind, options: StallOptions, progress: Progress) -> None:
        self._kind = kind
        self._options = options
        self._progress = progress

    async def run(self) -> StallRow:
        """Write, stall, write, compare.

        Raises:
            ConfigurationError: Something did not start, or the server never said what it saw.
        """
        speeches = await prepare_talk()
        options = self._options
        with tempfile.TemporaryDirectory(prefix="bench-stall-") as home:
            folder = Path(home)
            command = ("-m", "bench.loaded_server", str(options.rate), str(options.seconds))
            async with (
                open_database(self._kind, folder) as database,
                open_site(folder, database.url, DELAYS, slots=1, most_calls=options.callers) as site,
                site.server(0, command) as server,
            ):
                return await self._measure(database, site, server, speeches)

    async def _measure(
        self, database: BenchDatabase, site: Site, server: SiteServer, speeches: Mapping[str, PreparedSpeech]
    ) -> StallRow:
        # Children are started by now, and keep the usual priority.
        raise_priority()
        calls = [
            ChattingCaller(site.caller(server, f"+1415555{number:04d}"), exchange, speeches)
            for number in range(self._options.callers)
        ]
        for call in calls:
            await call.connect()
        talking = True
        chats = [asyncio.create_task(call.chat(lambda: talking), name="chat") for call in calls]
        await asyncio.sleep(_SETTLE_SECONDS)
        began = time.perf_counter()
        os.kill(server.process.pid, signal.SIGUSR1)
        bounds = await self._stall(database, began)
        feed = await self._result(server)
        talking = False
        await asyncio.gather(*chats)
        finished = [call.finished() for call in calls]
        for call in calls:
            await call.hang_up()
        lost, faults = 0, list[str]()
        for call, turns in zip(calls, finished, strict=True):
            stored = await read_talk(server.url, call.call_sid, over_within=_STORED_SECONDS)
            comparison = compare(turns, stored.turns())
            lost += len(comparison.lost)
            faults += comparison.faults[:1]
            if stored.status != "completed":
                faults.append(f"a call ended as {stored.status}: {stored.metadata.termination_reason}")
        return StallRow(
            database=self._kind,
            feed=feed,
            stored=await _fed_turns(database.url),
            phases=_phases(calls, bounds),
            turns=sum(map(len, finished)),
            lost=lost,
            lateness_p99_ms=round(max(call.lateness_p99_ms for call in calls), 1),
            at=_answers(calls, began),
            faults=tuple(faults),
        )

    async def _stall(self, database: BenchDatabase, began: float) -> tuple[float, float, float]:
        """Let time go by and stall; returns when writing began, and the stall began and ended."""
        options = self._options
        await self._wait(began, options.before_seconds)
        stalled_at = time.perf_counter()
        async with database.stalled():
            await self._wait(began, options.before_seconds + options.stall_seconds)
        ended_at = time.perf_counter()
        await self._wait(began, options.seconds)
        return began, stalled_at, ended_at

    async def _wait(self, began: float, until: float) -> None:
        total = round(self._options.seconds)
        while (passed := time.perf_counter() - began) < until:
            self._progress(f"{self._kind}: seconds", min(total, round(passed)), total)
            await asyncio.sleep(min(0.5, until - passed))
        self._progress(f"{self._kind}: seconds", round(until), total)

    async def _result(self, server: SiteServer) -> FeedResult:
        path = server.home / "feed.json"
        deadline = time.perf_counter() + _RESULT_SECONDS
        while not await asyncio.to_thread(path.is_file):
            if time.perf_counter() > deadline:
                raise ConfigurationError(f"The server did not report; its log is {server.process.log}.")
            await asyncio.sleep(0.1)
        return FeedResult.model_validate_json(await asyncio.to_thread(path.read_bytes))


def _phases(calls: list[ChattingCaller], bounds: tuple[float, float, float]) -> tuple[Phase, ...]:
    """The answers by when the caller had finished asking; those before the first bound do not count."""
    turns = [turn for call in calls for turn in call.turns if turn.last_speech_at is not None]
    ends = (*bounds[1:], float("inf"))
    phases = []
    for name, begin, end in zip(("before", "stalled", "after"), bounds, ends, strict=True):
        inside = [turn for turn in turns if begin <= (turn.last_speech_at or 0.0) < end]
        spread = Spread.of(turn.voice_to_voice_ms for turn in inside)
        phases.append(Phase(name=name, questions=len(inside), voice_to_voice=spread))
    return tuple(phases)


def _answers(calls: list[ChattingCaller], began: float) -> tuple[tuple[float, float], ...]:
    pairs = [
        (round(turn.last_speech_at - began, 2), round(turn.voice_to_voice_ms, 1))
        for call in calls
        for turn in call.turns
        if turn.last_speech_at is not None and turn.voice_to_voice_ms is not None
    ]
    return tuple(sorted(pairs))


async def _fed_turns(database_url: str) -> int:
    """How many of the turns that the writer was fed are stored, each at its place and word for word."""
    database = Database(database_url)
    try:
        async with database.read() as session:
            repository = ConversationRepository(session)
            query = ConversationQuery(agent_id=AGENT_ID, page_size=MAX_PAGE_SIZE)
            page = await repository.list(DEFAULT_WORKSPACE_ID, query)
            assert len(page.items) == CONVERSATIONS, "one page holds them all"
            count = 0
            for record in page.items:
                turns = await repository.turns(record.conversation_id)
                count += sum(turn == fed_turn(turn.position) for turn in turns)
            return count
    finally:
        await database.close()
