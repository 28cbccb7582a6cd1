"""Conversations in storage, on both databases."""

import pytest

from config.errors import InvalidInputError, NotFoundError
from data.database import Database
from data.pagination import SortDirection
from data.queries import ConversationQuery
from data.records import (
    CallOutcome,
    CallStatus,
    EndReason,
    RetrievalRecord,
    Role,
    SnippetUse,
    ToolCallRecord,
    TurnLatency,
    TurnRecord,
)
from data.repositories import ConversationRepository
from tests.data.values import NOW, OTHER, WS, add_other_workspace, conversation, later, turn

FULL_TURN = TurnRecord(
    position=1,
    role=Role.AGENT,
    message="It costs\n10 €.",
    time_in_call_secs=4.25,
    interrupted=True,
    confidence=0.875,
    latency=TurnLatency(stt_ms=150.5, retrieval_ms=0.0, voice_to_voice_ms=700.25),
    retrieval=RetrievalRecord("cost", "mini", 11.5, (SnippetUse("doc_1", "chunk_1", 0.25),), timed_out=False),
    tool_calls=(
        ToolCallRecord("call_0", "book_appointment", {"day": "Monday", "n": [1, None]}, {"ok": True}, False, 12.5),
        ToolCallRecord("call_0", "end_call", {}, None, True, 0.5),
    ),
    input_tokens=120,
    output_tokens=9,
)


async def test_a_call_from_announcement_to_end(database: Database) -> None:
    new = conversation(call_sid="CA1", phone_number_id="phnum_1")
    async with database.session() as session:
        created = await ConversationRepository(session).create(new)
    assert created.status is CallStatus.INITIATED
    assert created.dynamic_variables == {"name": "Bob", "visits": 3}
    async with database.session() as session:
        talks = ConversationRepository(session)
        assert await talks.start(new.conversation_id, "MZ1", "host:1", later(60), later(2))
        assert not await talks.start(new.conversation_id, "MZ2", "host:2", later(60), later(3))
        assert await talks.add_turn(new.conversation_id, turn(0, "What does it\ncost?"))
        assert await talks.add_turn(new.conversation_id, FULL_TURN)
        assert await talks.add_turn(new.conversation_id, turn(2, " "))
    async with database.session() as session:
        running = await ConversationRepository(session).get(WS, "CA1")
        assert (running.status, running.stream_sid, running.accepted_at) == (
            CallStatus.IN_PROGRESS,
            "MZ1",
            later(2),
        )
        assert running.transcript_text == ""
        outcome = CallOutcome(EndReason.CALLER_HUNG_UP, later(12), 10.0)
        assert await ConversationRepository(session).finish(new.conversation_id, outcome)
    async with database.read() as session:
        done = await ConversationRepository(session).get(WS, new.conversation_id)
        found = await ConversationRepository(session).find_by_call_sid("CA1")
    assert (done.status, done.end_reason, done.ended_at, done.duration_secs) == (
        CallStatus.COMPLETED,
        EndReason.CALLER_HUNG_UP,
        later(12),
        10.0,
    )
    assert done.transcript_text == "User: What does it cost?\nAgent: It costs 10 €."
    assert done.message_count == 3
    assert done.turns[1] == FULL_TURN
    assert found is not None
    assert (found.conversation_id, found.turns) == (new.conversation_id, ())


async def test_a_repeated_webhook_finds_its_conversation(database: Database) -> None:
    await add_other_workspace(database)
    async with database.session() as session:
        talks = ConversationRepository(session)
        first = await talks.create(conversation(call_sid="CA1"))
        assert await talks.create(conversation(call_sid="CA1")) == first
        with pytest.raises(InvalidInputError) as error:
            await talks.create(conversation(call_sid="CA1", workspace_id=OTHER))
        assert error.value.code == "call_sid_taken"
        assert (await talks.create(conversation())).conversation_id != first.conversation_id


async def test_what_is_over_stays_over(database: Database) -> None:
    new = conversation()
    failed = CallOutcome(EndReason.NEVER_STREAMED, later(9), 0.0, "no stream")
    async with database.session() as session:
        talks = ConversationRepository(session)
        await talks.create(new)
        assert await talks.finish(new.conversation_id, failed)
        assert not await talks.finish(new.conversation_id, CallOutcome(EndReason.AGENT_ENDED, later(10), 1.0))
        kept = await talks.get(WS, new.conversation_id)
    assert (kept.status, kept.end_reason, kept.error) == (
        CallStatus.FAILED,
        EndReason.NEVER_STREAMED,
        "no stream",
    )
    async with database.session() as session:
        talks = ConversationRepository(session)
        assert not await talks.finish("conv_none", failed)
        assert not await talks.start("conv_none", "MZ1", "host:1", later(60), later(2))


async def test_a_turn_is_kept_once_and_also_after_the_end(database: Database) -> None:
    new = conversation()
    async with database.session() as session:
        talks = ConversationRepository(session)
        await talks.create(new)
        assert await talks.add_turn(new.conversation_id, turn(0, "first"))
        assert not await talks.add_turn(new.conversation_id, turn(0, "second"))
        assert (await talks.get(WS, new.conversation_id)).message_count == 1
        await talks.finish(new.conversation_id, CallOutcome(EndReason.AGENT_ENDED, later(5), 5.0))
        assert await talks.add_turn(new.conversation_id, turn(1, "late", Role.AGENT))
        kept = await talks.get(WS, new.conversation_id)
        assert kept.message_count == 2
        assert kept.transcript_text == "User: first\nAgent: late"
        with pytest.raises(NotFoundError):
            await talks.add_turn("conv_none", turn(0))


async def test_odd_text_and_numbers_lose_no_turn(database: Database) -> None:
    new = conversation()
    odd = TurnRecord(
        position=0,
        role=Role.AGENT,
        message="a\x00b\ud800c",
        time_in_call_secs=1.0,
        tool_calls=(ToolCallRecord("r", "t", {"x": float("nan"), "s": "\x00\ud800"}, [float("inf")], False, 1.0),),
    )
    async with database.session() as session:
        talks = ConversationRepository(session)
        await talks.create(new)
        await talks.add_turn(new.conversation_id, odd)
    async with database.read() as session:
        [kept] = await ConversationRepository(session).turns(new.conversation_id)
    assert kept.message == "a\ufffdb\ufffdc"
    assert kept.tool_calls[0].params["x"] is None
    assert kept.tool_calls[0].result == [None]


async def test_deleting_takes_turns_and_tool_calls_along(database: Database) -> None:
    new = conversation(call_sid="CA1")
    async with database.session() as session:
        talks = ConversationRepository(session)
        await talks.create(new)
        await talks.add_turn(new.conversation_id, FULL_TURN)
    async with database.session() as session:
        await ConversationRepository(session).delete(WS, "CA1")
    async with database.read() as session:
        talks = ConversationRepository(session)
        assert await talks.turns(new.conversation_id) == ()
        assert await talks.find_by_call_sid("CA1") is None
        with pytest.raises(NotFoundError) as error:
            await talks.get(WS, new.conversation_id)
        assert error.value.code == "conversation_not_found"


async def test_filters(database: Database) -> None:
    async with database.session() as session:
        talks = ConversationRepository(session)
        ids = []
        for index in range(4):
            new = conversation(agent_id=f"agent_{index % 2}", at=later(index), phone_number_id=f"phnum_{index}")
            ids.append(new.conversation_id)
            await talks.create(new)
        await talks.add_turn(ids[0], turn(0, "About INVOICES, please"))
        await talks.finish(ids[0], CallOutcome(EndReason.AGENT_ENDED, later(10), 10.0))
        await talks.finish(ids[1], CallOutcome(EndReason.ERROR, later(20), 20.0))
        await talks.start(ids[2], "MZ", "host:1", later(60), later(1))

    async def found(query: ConversationQuery) -> list[int]:
        async with database.read() as session:
            page = await ConversationRepository(session).list(WS, query)
        return [ids.index(item.conversation_id) for item in page.items]

    assert await found(ConversationQuery()) == [3, 2, 1, 0]
    assert await found(ConversationQuery(direction=SortDirection.ASCENDING)) == [0, 1, 2, 3]
    assert await found(ConversationQuery(agent_id="agent_1")) == [3, 1]
    assert await found(ConversationQuery(statuses=(CallStatus.COMPLETED, CallStatus.FAILED))) == [1, 0]
    assert await found(ConversationQuery(exclude_statuses=(CallStatus.FAILED,))) == [3, 2, 0]
    assert await found(ConversationQuery(call_start_after=later(1), call_start_before=later(2))) == [2, 1]
    assert await found(ConversationQuery(duration_min_secs=10, duration_max_secs=15)) == [0]
    assert await found(ConversationQuery(search="invoices")) == [0]
    assert await found(ConversationQuery(phone_number_ids=("phnum_2", "phnum_0", "x"))) == [2, 0]
    assert await found(ConversationQuery(agent_id="agent_0", search="nothing")) == []


@pytest.mark.parametrize("direction", SortDirection)
async def test_pages_neither_repeat_nor_leave_out(database: Database, direction: SortDirection) -> None:
    async with database.session() as session:
        talks = ConversationRepository(session)
        # Several at the same moment: the id has to break the tie.
        expected = [
            (await talks.create(conversation(at=later(index // 3)))).conversation_id for index in range(10)
        ]
    seen: list[str] = []
    cursor = None
    async with database.session() as session:
        talks = ConversationRepository(session)
        while True:
            page = await talks.list(WS, ConversationQuery(cursor=cursor, page_size=3, direction=direction))
            seen += [item.conversation_id for item in page.items]
            # What begins meanwhile is newer than all of these and must not shift the pages.
            await talks.create(conversation(at=later(-100 if direction is SortDirection.ASCENDING else 100)))
            if not page.has_more:
                break
            cursor = page.next_cursor
    assert len(seen) == len(set(seen))
    assert set(seen) == set(expected)


async def test_no_workspace_reaches_into_another(database: Database) -> None:
    await add_other_workspace(database)
    new = conversation(call_sid="CA1")
    async with database.session() as session:
        talks = ConversationRepository(session)
        await talks.create(new)
        assert (await talks.list(OTHER, ConversationQuery())).items == ()
        for name in (new.conversation_id, "CA1"):
            with pytest.raises(NotFoundError):
                await talks.get(OTHER, name)
            with pytest.raises(NotFoundError):
                await talks.delete(OTHER, name)
        assert (await talks.get(WS, "CA1")).started_at == NOW
