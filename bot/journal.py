"""Writes what happens in calls to storage, off the audio path.

Calls emit events without waiting; one writer per process stores them in order. A store that is slow or gone is
retried; what the bound of the queue cannot hold is reported, never silently lost.
"""

import asyncio
from dataclasses import dataclass
from typing import Protocol

from loguru import logger

from bot.events import CallEnded, CallEvent, CallStarted, EventSink, TurnFinished
from config.errors import PhoneAgentError
from data.records import CallOutcome, TurnRecord

QUEUE_LIMIT = 10_000
RETRY_SECONDS = (0.1, 0.5, 1.0, 2.0, 5.0)
STORE_DEADLINE_SECONDS = 5.0


class CallStore(Protocol):
    """Storage of conversations, as calls see it."""

    async def call_started(self, conversation_id: str, stream_sid: str, at: float) -> None:
        """The media stream is up."""

    async def turn_finished(self, conversation_id: str, turn: TurnRecord) -> None:
        """Store a turn; storing it again changes nothing."""

    async def call_ended(self, conversation_id: str, outcome: CallOutcome) -> None:
        """Store the outcome; only the first one counts."""


@dataclass(frozen=True, slots=True)
class _Flush:
    """A place in the queue that somebody waits for."""

    reached: asyncio.Event


class CallJournal(EventSink):
    """The process's event sink for storage.

    Args:
        store: Where to write.
    """

    def __init__(self, store: CallStore) -> None:
        self._store = store
        self._queue: asyncio.Queue[CallEvent | _Flush] = asyncio.Queue(QUEUE_LIMIT)
        self._task: asyncio.Task[None] | None = None
        self.lost = 0

    def start(self) -> None:
        """Begin writing."""
        self._task = asyncio.get_running_loop().create_task(self._write(), name="call-journal")

    def emit(self, event: CallEvent) -> None:
        """Take an event to be stored; events that are only of passing interest are ignored."""
        if not isinstance(event, (CallStarted, TurnFinished, CallEnded)):
            return
        try:
            self._queue.put_nowait(event)
        except asyncio.QueueFull:
            self.lost += 1
            logger.bind(conversation=event.conversation_id).error("The call journal is full; an event was lost")

    async def flush(self, timeout: float) -> bool:
        """Wait until everything emitted so far is stored; False when that took longer than `timeout`."""
        mark = _Flush(asyncio.Event())
        try:
            async with asyncio.timeout(timeout):
                await self._queue.put(mark)
                await mark.reached.wait()
        except TimeoutError:
            return False
        return True

    async def close(self, timeout: float = 10.0) -> None:
        """Store what is waiting, within the timeout, and stop."""
        if not await self.flush(timeout):
            logger.bind(waiting=self._queue.qsize()).error("The call journal could not be written out")
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def _write(self) -> None:
        while True:
            entry = await self._queue.get()
            if isinstance(entry, _Flush):
                entry.reached.set()
            else:
                await self._store_event(entry)

    async def _store_event(self, event: CallEvent) -> None:
        attempt = 0
        while True:
            try:
                async with asyncio.timeout(STORE_DEADLINE_SECONDS):
                    await self._store_once(event)
                return
            except asyncio.CancelledError:
                raise
            except PhoneAgentError as error:
                # Refused on purpose (the conversation is gone): trying again would hold up every other call.
                self.lost += 1
                logger.bind(conversation=event.conversation_id, code=error.code).warning(
                    "A call event was not wanted by storage; it was dropped"
                )
                return
            except Exception as error:
                # Whatever ails the database, the call goes on and its turns wait here for better times.
                delay = RETRY_SECONDS[min(attempt, len(RETRY_SECONDS) - 1)]
                logger.bind(conversation=event.conversation_id, error=type(error).__name__).warning(
                    "Storing a call event failed; trying again in {} s", delay
                )
                attempt += 1
                await asyncio.sleep(delay)

    async def _store_once(self, event: CallEvent) -> None:
        if isinstance(event, CallStarted):
            await self._store.call_started(event.conversation_id, event.stream_sid, event.at)
        elif isinstance(event, TurnFinished):
            await self._store.turn_finished(event.conversation_id, event.turn)
        elif isinstance(event, CallEnded):
            await self._store.call_ended(event.conversation_id, event.outcome)
