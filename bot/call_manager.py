"""The live calls of this process: who may come in, who is there, and how they leave when the server does."""

import asyncio
import time
from collections.abc import Callable

from loguru import logger

from bot.call import FAREWELL_SECONDS, CallSession
from bot.call_config import CallConfig
from bot.call_services import CallServices
from bot.event_fanout import EventFanout
from bot.journal import CallJournal
from bot.transport.ports import CallTransport

RESERVATION_SECONDS = 15.0
"""How long an announced call may take to bring its stream before its place goes to another."""
STORE_WAIT_SECONDS = 5.0
"""How long a finished call waits for its outcome to be stored before its place is given up."""


class CallManager:
    """Runs calls; implements `CallRunner`.

    Args:
        services: What calls share.
        events: The process's event sink.
        journal: Storage among its subscribers.
        max_calls: Most calls at a time.
        is_late: Whether the process comes to its work so late that a further call would spoil the others.
    """

    def __init__(
        self,
        services: CallServices,
        events: EventFanout,
        journal: CallJournal,
        max_calls: int,
        is_late: Callable[[], bool] = lambda: False,
    ) -> None:
        self._services = services
        self._events = events
        self._journal = journal
        self._max_calls = max_calls
        self._is_late = is_late
        self._live: dict[str, CallSession] = {}
        self._reserved: dict[str, float] = {}
        self._draining = False
        self._empty = asyncio.Event()
        self._empty.set()

    @property
    def accepting(self) -> bool:
        """False while as many calls run or are announced as may or can, and once the server is shutting down."""
        now = time.monotonic()
        self._reserved = {sid: until for sid, until in self._reserved.items() if until > now}
        if self._draining or self._is_late():
            return False
        return len(self._live) + len(self._reserved) < self._max_calls

    def reserve(self, call_sid: str) -> bool:
        """Keep a place for a call whose stream is about to come; False when there is none."""
        if call_sid in self._reserved and not self._draining:
            return True
        if not self.accepting:
            return False
        self._reserved[call_sid] = time.monotonic() + RESERVATION_SECONDS
        return True

    @property
    def live_conversations(self) -> tuple[str, ...]:
        """Ids of the conversations running here."""
        return tuple(session.conversation_id for session in self._live.values())

    def active_calls(self) -> int:
        """How many calls run now."""
        return len(self._live)

    def is_live(self, call_sid: str) -> bool:
        """True from the entry of `run` until the call's outcome is stored."""
        return call_sid in self._live

    async def run(self, config: CallConfig, transport: CallTransport, stream_id: str) -> None:
        """Run one call to its end and have its outcome stored."""
        session = CallSession(config, self._services, self._events)
        self._live[config.call_sid] = session
        self._reserved.pop(config.call_sid, None)
        self._empty.clear()
        try:
            await session.run(transport, stream_id)
            await self._journal.flush(STORE_WAIT_SECONDS)
        finally:
            del self._live[config.call_sid]
            if not self._live:
                self._empty.set()

    async def drain(self, seconds: float) -> None:
        """Take no more calls, give the running ones this long to end, then end them with a sentence."""
        self._draining = True
        if not self._live:
            return
        logger.bind(calls=len(self._live)).info("Waiting for running calls to end")
        try:
            async with asyncio.timeout(seconds):
                await self._empty.wait()
        except TimeoutError:
            for session in tuple(self._live.values()):
                session.shut_down()
            try:
                async with asyncio.timeout(FAREWELL_SECONDS + 2 * STORE_WAIT_SECONDS):
                    await self._empty.wait()
            except TimeoutError:
                logger.bind(calls=len(self._live)).error("Some calls did not end in time")
