"""Gives a server's own writer more turns than any number of calls on one machine would."""

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from bench.stall_report import FeedResult
from bench.statistics import Spread
from data.database import Database
from data.ids import new_id
from data.journal.entries import StreamBegan, TurnOver
from data.journal.figures import JournalFigures
from data.journal.writer import JournalWriter
from data.queries import NewConversation
from data.records import Direction, Role, TurnLatency, TurnRecord
from data.repositories.conversation import ConversationRepository
from data.workspaces import DEFAULT_WORKSPACE_ID

CONVERSATIONS = 50
AGENT_ID = "agent_fed"
_DRAINED_SECONDS = 120.0


def fed_turn(number: int) -> TurnRecord:
    """The turn with this number of a fed conversation; its words say which it is."""
    role = Role.AGENT if number % 2 else Role.USER
    words = f"This is sentence number {number}, about as long as what people say on the telephone."
    return TurnRecord(number, role, words, float(number), latency=TurnLatency(voice_to_voice_ms=612.5))


class Feeder:
    """Feeds a writer.

    Args:
        writer: The server's.
        figures: Of its journal.
        database: The server's.
    """

    def __init__(self, writer: JournalWriter, figures: Callable[[], JournalFigures], database: Database) -> None:
        self._writer = writer
        self._figures = figures
        self._database = database
        self._ids: list[str] = []

    async def announce(self) -> None:
        """Make the conversations."""
        now = datetime.now(UTC)
        for _ in range(CONVERSATIONS):
            new = NewConversation(
                conversation_id=new_id("conv"),
                workspace_id=DEFAULT_WORKSPACE_ID,
                agent_id=AGENT_ID,
                agent_name="Fed",
                direction=Direction.INBOUND,
                started_at=now,
                lease_until=now + timedelta(days=1),
            )
            async with self._database.session() as session:
                await ConversationRepository(session).create(new)
            self._ids.append(new.conversation_id)

    async def feed(self, rate: int, seconds: float) -> FeedResult:
        """Give `rate` turns a second, evenly, and wait until all are stored (or two minutes have gone)."""
        for conversation_id in self._ids:
            self._writer.put(StreamBegan(conversation_id, "feeder", "MZ", time.time()))
        samples: list[int] = []
        sampling = asyncio.create_task(self._sample(samples), name="sample")
        late, longest = [], 0.0
        began = time.perf_counter()
        count = round(rate * seconds)
        for number in range(count):
            due = began + number / rate
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            at = time.perf_counter()
            late.append(1000 * (at - due))
            turn = fed_turn(number // CONVERSATIONS)
            self._writer.put(TurnOver(self._ids[number % CONVERSATIONS], turn))
            longest = max(longest, time.perf_counter() - at)
        ended = time.perf_counter()
        await self._drained(ended + _DRAINED_SECONDS)
        sampling.cancel()
        await asyncio.gather(sampling, return_exceptions=True)
        figures = self._figures()
        return FeedResult(
            put=count,
            longest_put_ms=round(1000 * longest, 2),
            lateness=Spread.of(late),
            latest=tuple(round(max(late[at : at + rate]), 1) for at in range(0, count, rate)),
            dropped=figures.dropped,
            quarantined=figures.quarantined,
            spool=tuple(samples),
            left=figures.in_memory + figures.spooled,
            drained_seconds=round(time.perf_counter() - ended, 2),
        )

    async def _drained(self, until: float) -> None:
        while time.perf_counter() < until:
            figures = self._figures()
            if not figures.in_memory + figures.spooled:
                return
            await asyncio.sleep(0.02)

    async def _sample(self, samples: list[int]) -> None:
        while True:
            samples.append(self._figures().spooled)
            await asyncio.sleep(1)
