"""Hands what happens in calls to the writer of storage, without ever waiting for it."""

from typing import Protocol

from bot.events import CallEnded, CallEvent, CallStarted, EventSink, TurnFinished
from data.journal.entries import CallOver, JournalEntry, StreamBegan, TurnOver


class EntryWriter(Protocol):
    """Brings entries to safety in its own time."""

    def put(self, entry: JournalEntry) -> None:
        """Take an entry; must return at once and must not raise."""

    async def flush(self, timeout: float) -> bool:
        """Wait until everything taken so far is stored, or safe if it cannot be; False if it takes longer."""


class CallJournal(EventSink):
    """The process's event sink for storage.

    Args:
        writer: Takes the entries.
        owner: Names this process on the conversations that it runs.
    """

    def __init__(self, writer: EntryWriter, owner: str) -> None:
        self._writer = writer
        self._owner = owner

    def emit(self, event: CallEvent) -> None:
        """Take an event to be stored; events that are only of passing interest are ignored."""
        if isinstance(event, CallStarted):
            entry = StreamBegan(event.conversation_id, self._owner, event.stream_sid, event.at)
            self._writer.put(entry)
        elif isinstance(event, TurnFinished):
            self._writer.put(TurnOver(event.conversation_id, event.turn))
        elif isinstance(event, CallEnded):
            self._writer.put(CallOver(event.conversation_id, event.outcome))

    async def flush(self, timeout: float) -> bool:
        """Wait until everything emitted so far is stored, or safe if it cannot be; False if it takes longer."""
        return await self._writer.flush(timeout)
