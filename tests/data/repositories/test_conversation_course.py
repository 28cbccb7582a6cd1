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
        everybody = [new.conversation_id for new in (lost, alive, unleased)]
        assert await talks.renew_leases("host:2", everybody, later(120)) == ()
        assert await talks.expire_leases(NOW) == ()
    async with database.session() as session:
        failed = await ConversationRepository(session).expire_leases(later(90))
    assert {record.call_sid: record.end_reason for record in failed} == {
        "CA1": EndReason.PROCESS_LOST,
        "CA4": EndReason.NEVER_STREAMED,
    }
    async with database.session() as session:
        talks = ConversationRepository(session)
        assert await talks.expire_leases(later(90)) == ()
        ended = await talks.get(WS, "CA1")
        assert (ended.status, ended.duration_secs, ended.ended_at) == (CallStatus.FAILED, 7.5, later(9.5))
        assert ended.transcript_text == "User: Hello?"
        assert ended.end_reason is EndReason.PROCESS_LOST
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


async def _lost(database: Database) -> str:
    """A conversation of host:1 with one turn, taken for lost."""
    new = conversation()
    async with database.session() as session:
        talks = ConversationRepository(session)
        await talks.create(new)
        await talks.start(new.conversation_id, "MZ1", "host:1", later(60), later(2))
        await talks.add_turn(new.conversation_id, turn(0, "Hello?", at=7.5))
        assert len(await talks.expire_leases(later(90))) == 1
    return new.conversation_id


async def test_a_live_call_that_was_taken_for_lost_goes_on(database: Database) -> None:
    conversation_id = await _lost(database)
    async with database.session() as session:
        talks = ConversationRepository(session)
        assert await talks.renew_leases("host:2", [conversation_id], later(200)) == ()
        assert await talks.renew_leases("host:1", [conversation_id], later(200)) == (conversation_id,)
        assert await talks.expire_leases(later(150)) == ()
        running = await talks.get(WS, conversation_id)
        assert (running.status, running.ended_at, running.end_reason) == (CallStatus.IN_PROGRESS, None, None)
        assert await talks.finish(conversation_id, CallOutcome(EndReason.CALLER_HUNG_UP, later(160), 158.0))


async def test_the_word_of_the_process_beats_the_guess_that_it_was_lost(database: Database) -> None:
    conversation_id = await _lost(database)
    outcome = CallOutcome(EndReason.AGENT_ENDED, later(30), 28.0)
    async with database.session() as session:
        talks = ConversationRepository(session)
        assert await talks.add_turn(conversation_id, turn(1, "Goodbye.", Role.AGENT, at=20.0))
        guessed = await talks.get(WS, conversation_id)
        assert (guessed.end_reason, guessed.duration_secs) == (EndReason.PROCESS_LOST, 20.0)
        assert await talks.finish(conversation_id, outcome)
        assert not await talks.finish(conversation_id, CallOutcome(EndReason.ERROR, later(31), 29.0))
        ended = await talks.get(WS, conversation_id)
    assert (ended.status, ended.end_reason, ended.duration_secs) == (
        CallStatus.COMPLETED,
        EndReason.AGENT_ENDED,
        28.0,
    )
    assert ended.transcript_text == "User: Hello?\nAgent: Goodbye."


async def test_a_stream_that_is_reported_late_reopens_its_call(database: Database) -> None:
    new = conversation(lease_until=later(10))
    async with database.session() as session:
        talks = ConversationRepository(session)
        await talks.create(new)
        assert [record.end_reason for record in await talks.expire_leases(later(30))] == [EndReason.NEVER_STREAMED]
        assert await talks.start(new.conversation_id, "MZ1", "host:1", later(90), later(5))
        reopened = await talks.get(WS, new.conversation_id)
    assert (reopened.status, reopened.end_reason, reopened.accepted_at) == (CallStatus.IN_PROGRESS, None, later(5))


async def test_a_call_whose_beginning_is_not_stored_yet_keeps_its_lease(database: Database) -> None:
    new = conversation(lease_until=later(10))
    async with database.session() as session:
        talks = ConversationRepository(session)
        await talks.create(new)
        await talks.renew_leases("host:1", [new.conversation_id], later(60))
        assert await talks.expire_leases(later(30)) == ()
