"""What happens in calls reaches storage: in order, once, through its bad moments, and never without a word."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest

from bot import journal as journal_module
from bot.events import CallEnded, CallEvent, CallStarted, SpeechHeard, TurnFinished
from bot.journal import CallJournal
from config.errors import NotFoundError
from data.records import CallOutcome, EndReason, Role, TurnRecord

OUTCOME = CallOutcome(EndReason.AGENT_ENDED, datetime(2026, 11, 20, tzinfo=UTC), 12.0)


class Store:
    """A `CallStore` that remembers, and fails as often as it is told to."""

    def __init__(self) -> None:
        self.stored: list[str] = []
        self.failures: list[Exception] = []
        self.gone: set[str] = set()
        self.open = asyncio.Event()
        self.open.set()

    async def _take(self, conversation_id: str, what: str) -> None:
        await self.open.wait()
        if conversation_id in self.gone:
            raise NotFoundError("It was deleted.")
        if self.failures:
            raise self.failures.pop(0)
        self.stored.append(f"{conversation_id} {what}")

    async def call_started(self, conversation_id: str, stream_sid: str, at: float) -> None:
        await self._take(conversation_id, "started")

    async def turn_finished(self, conversation_id: str, turn: TurnRecord) -> None:
        await self._take(conversation_id, f"turn {turn.position}")

    async def call_ended(self, conversation_id: str, outcome: CallOutcome) -> None:
        await self._take(conversation_id, "ended")


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setattr(journal_module, "RETRY_SECONDS", (0.001,))
    return Store()


@asynccontextmanager
async def writing(store: Store) -> AsyncIterator[CallJournal]:
    journal = CallJournal(store)
    journal.start()
    yield journal
    await journal.close(1.0)
    assert not [task for task in asyncio.all_tasks() if task.get_name() == "call-journal"]


def turn(position: int, conversation: str = "conv_1") -> TurnFinished:
    return TurnFinished(conversation, 1.0, TurnRecord(position, Role.USER, "Hello.", 1.0))


def a_call(conversation: str = "conv_1") -> list[CallEvent]:
    return [
        CallStarted(conversation, 1.0, "CA1", "MZ1"),
        turn(0, conversation),
        SpeechHeard(conversation, 1.0, Role.USER, "passing", False),
        turn(1, conversation),
        CallEnded(conversation, 2.0, OUTCOME),
    ]


WHOLE = ["conv_1 started", "conv_1 turn 0", "conv_1 turn 1", "conv_1 ended"]


async def test_a_call_is_stored_in_order() -> None:
    store = Store()
    async with writing(store) as journal:
        for event in a_call():
            journal.emit(event)
        assert await journal.flush(1.0)
        assert store.stored == WHOLE


async def test_what_fails_is_tried_again_and_what_is_behind_it_waits(store: Store) -> None:
    store.failures = [ConnectionError(), TimeoutError(), ZeroDivisionError()]
    async with writing(store) as journal:
        for event in a_call():
            journal.emit(event)
        assert await journal.flush(2.0)
    assert store.stored == WHOLE
    assert journal.lost == 0


async def test_a_store_that_hangs_is_not_waited_for_without_end(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_module, "STORE_DEADLINE_SECONDS", 0.02)
    store.open.clear()
    async with writing(store) as journal:
        journal.emit(turn(0))
        assert not await journal.flush(0.1)
        store.open.set()
        assert await journal.flush(1.0)
    assert store.stored == ["conv_1 turn 0"]


async def test_a_deleted_conversation_does_not_hold_up_the_others(store: Store) -> None:
    store.gone = {"conv_2"}
    async with writing(store) as journal:
        for event in (*a_call("conv_2"), *a_call()):
            journal.emit(event)
        assert await journal.flush(1.0)
    assert store.stored == WHOLE
    assert journal.lost == 4


async def test_emitting_never_waits_and_what_does_not_fit_is_counted(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_module, "QUEUE_LIMIT", 3)
    journal = CallJournal(store)
    for position in range(5):
        journal.emit(turn(position))
    assert journal.lost == 2
    journal.start()
    await journal.close(1.0)
    assert store.stored == ["conv_1 turn 0", "conv_1 turn 1", "conv_1 turn 2"]


async def test_closing_stores_what_waits_and_gives_up_on_a_dead_store(store: Store) -> None:
    journal = CallJournal(store)
    journal.start()
    store.open.clear()
    journal.emit(turn(0))
    async with asyncio.timeout(2):
        await journal.close(0.05)
        await journal.close(0.05)
