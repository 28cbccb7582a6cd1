"""Leases: the living keep their calls whatever the database does, the dead lose theirs."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.exc import OperationalError

from data import lease_keeper as lease_keeper_module
from data.database import Database
from data.lease_keeper import STEADY_SECONDS, LeaseKeeper
from data.models import ConversationRow
from data.records import CallStatus, ConversationRecord, EndReason
from data.repositories.conversation import ConversationRepository
from tests.data.values import WS, conversation


class Clock:
    """Seconds, as the test says."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


async def running(database: Database, owner: str) -> str:
    """A conversation of a process, whose lease ran out a second ago."""
    new = conversation()
    now = datetime.now(UTC)
    async with database.session() as session:
        talks = ConversationRepository(session)
        await talks.create(new)
        await talks.start(new.conversation_id, "MZ1", owner, now - timedelta(seconds=1), now)
    return new.conversation_id


async def stored(database: Database, conversation_id: str) -> ConversationRecord:
    async with database.read() as session:
        return await ConversationRepository(session).get(WS, conversation_id)


async def test_a_dead_process_loses_its_calls_and_a_living_one_keeps_its_own(database: Database) -> None:
    dead, mine = await running(database, "dead"), await running(database, "me")
    clock = Clock()
    keeper = LeaseKeeper(database, "me", lambda: [mine], clock)
    await keeper.round()
    assert (await stored(database, dead)).status is CallStatus.IN_PROGRESS, "others may only just have started"
    clock.now += STEADY_SECONDS
    await keeper.round()
    lost = await stored(database, dead)
    assert (lost.status, lost.end_reason) == (CallStatus.FAILED, EndReason.PROCESS_LOST)
    assert (await stored(database, mine)).status is CallStatus.IN_PROGRESS


async def test_after_the_database_was_away_everybody_gets_time_to_renew(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock()
    keeper = LeaseKeeper(database, "me", list, clock)
    await keeper.round()
    clock.now += STEADY_SECONDS
    await keeper.round()
    # The database goes away for longer than a lease; the other process lives, and could not renew.
    theirs = await running(database, "other")

    class Away(ConversationRepository):
        async def renew_leases(self, *_: object) -> tuple[str, ...]:
            raise OperationalError("UPDATE", {}, ConnectionError())

    monkeypatch.setattr(lease_keeper_module, "ConversationRepository", Away)
    clock.now += 100
    with pytest.raises(OperationalError):
        await keeper.round()
    monkeypatch.undo()
    clock.now += 2
    await keeper.round()
    assert (await stored(database, theirs)).status is CallStatus.IN_PROGRESS
    await LeaseKeeper(database, "other", lambda: [theirs], clock).round()
    clock.now += STEADY_SECONDS
    await keeper.round()
    assert (await stored(database, theirs)).status is CallStatus.IN_PROGRESS


async def test_a_call_that_was_collected_wrongly_is_taken_back(database: Database) -> None:
    mine = await running(database, "me")
    async with database.session() as session:
        assert len(await ConversationRepository(session).expire_leases(datetime.now(UTC))) == 1
    await LeaseKeeper(database, "me", lambda: [mine]).round()
    record = await stored(database, mine)
    assert (record.status, record.end_reason, record.ended_at) == (CallStatus.IN_PROGRESS, None, None)


async def test_a_call_that_is_over_here_is_not_kept_alive(database: Database) -> None:
    over = await running(database, "me")
    clock = Clock()
    keeper = LeaseKeeper(database, "me", list, clock)
    await keeper.round()
    clock.now += STEADY_SECONDS
    await keeper.round()
    assert (await stored(database, over)).end_reason is EndReason.PROCESS_LOST


async def test_an_announced_call_ends_without_its_stream(database: Database) -> None:
    new = conversation(lease_until=datetime.now(UTC) - timedelta(seconds=1))
    async with database.session() as session:
        await ConversationRepository(session).create(new)
        await session.execute(update(ConversationRow).values(owner=None))
    clock = Clock()
    keeper = LeaseKeeper(database, "me", list, clock)
    await keeper.round()
    clock.now += STEADY_SECONDS
    await keeper.round()
    assert (await stored(database, new.conversation_id)).end_reason is EndReason.NEVER_STREAMED
