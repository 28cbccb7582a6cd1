"""What happens to a conversation when several act on it at once, or its owner is gone."""

import asyncio

from data.database import Database
from data.records import CallOutcome, CallStatus, EndReason, Role
from data.repositories import ConversationRepository
from tests.data.values import NOW, WS, conversation, later, turn


async def test_of_many_who_end_a_call_one_does(database: Database) -> None:
    new = conversation()
    async with database.session() as session:
        await ConversationRepository(session).create(new)

    async def finish(reason: EndReason) -> bool:
        async with database.session() as session:
            outcome = CallOutcome(reason, later(5), 5.0)
            return await ConversationRepository(session).finish(new.conversation_id, outcome)

    reasons = [EndReason.CALLER_HUNG_UP, EndReason.AGENT_ENDED, EndReason.ERROR, EndReason.MAX_DURATION] * 2
    won = await asyncio.gather(*map(finish, reasons))
    assert won.count(True) == 1
    async with database.read() as session:
        ended = await ConversationRepository(session).get(WS, new.conversation_id)
    assert ended.end_reason is reasons[won.index(True)]


async def test_of_two_streams_one_starts_the_call(database: Database) -> None:
    new = conversation()
    async with database.session() as session:
        await ConversationRepository(session).create(new)

    async def start(stream_sid: str) -> bool:
        async with database.session() as session:
            return await ConversationRepository(session).start(
                new.conversation_id, stream_sid, "host:1", later(60), later(1)
            )

    assert sorted(await asyncio.gather(*map(start, ["MZ1", "MZ2", "MZ3"]))) == [False, False, True]


async def test_turns_that_race_with_the_end_are_in_the_transcript(database: Database) -> None:
    new = conversation()
    async with database.session() as session:
        await ConversationRepository(session).create(new)

    async def add(position: int) -> bool:
        async with database.session() as session:
            role = Role.AGENT if position % 2 else Role.USER
            talks = ConversationRepository(session)
            return await talks.add_turn(new.conversation_id, turn(position, f"number {position}", role))

    async def finish() -> bool:
        async with database.session() as session:
            outcome = CallOutcome(EndReason.AGENT_ENDED, later(5), 5.0)
            return await ConversationRepository(session).finish(new.conversation_id, outcome)

    added = await asyncio.gather(*map(add, [0, 1, 2]), finish(), *map(add, [3, 4, 0, 1]))
    assert added.count(True) == 6
    async with database.read() as session:
        ended = await ConversationRepository(session).get(WS, new.conversation_id)
    assert ended.message_count == 5
    assert ended.transcript_text.splitlines() == [
        "User: number 0",
        "Agent: number 1",
        "User: number 2",
        "Agent: number 3",
        "User: number 4",
    ]


async def test_only_expired_leases_fail(database: Database) -> None:
    lost, alive, unleased, waiting = (
        conversation(call_sid=sid, lease_until=later(30) if sid == "CA4" else None)
        for sid in ("CA1", "CA2", "CA3", "CA4")
    )
    async with database.session() as session:
        talks = ConversationRepository(session)
        for new in (lost, alive, unleased, waiting):
            await talks.create(new)
        await talks.start(lost.conversation_id, "MZ1", "host:1", later(60), later(2))
        await talks.start(alive.conversation_id, "MZ2", "host:2", later(60), later(2))
        await talks.add_turn(lost.conversation_id, turn(0, "Hello?", at=7.5))
        assert await talks.renew_leases("host:2", later(120)) == 1
        assert await talks.expire_leases(NOW) == ()
    async with database.session() as session:
        failed = await ConversationRepository(session).expire_leases(later(90))
    assert {record.call_sid: record.end_reason for record in failed} == {
        "CA1": EndReason.ERROR,
        "CA4": EndReason.NEVER_STREAMED,
    }
    async with database.session() as session:
        talks = ConversationRepository(session)
        assert await talks.expire_leases(later(90)) == ()
        ended = await talks.get(WS, "CA1")
        assert (ended.status, ended.duration_secs, ended.ended_at) == (CallStatus.FAILED, 7.5, later(9.5))
        assert ended.transcript_text == "User: Hello?"
        assert ended.error is not None
        assert (await talks.get(WS, "CA2")).status is CallStatus.IN_PROGRESS
        assert (await talks.get(WS, "CA3")).status is CallStatus.INITIATED


async def test_two_who_look_for_expired_leases_fail_each_call_once(database: Database) -> None:
    async with database.session() as session:
        for _ in range(5):
            await ConversationRepository(session).create(conversation(lease_until=NOW))

    async def expire() -> int:
        async with database.session() as session:
            return len(await ConversationRepository(session).expire_leases(later(1)))

    counts = await asyncio.gather(expire(), expire())
    assert sum(counts) == 5
