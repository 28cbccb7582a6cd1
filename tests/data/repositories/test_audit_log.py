"""The audit log in storage, on both databases."""

import pytest

from data.audit import AuditAction, AuditEntry, AuditOutcome, AuditQuery, AuditTarget
from data.database import Database
from data.ids import new_id
from data.repositories import AgentRepository, AuditLogRepository
from tests.data.values import OTHER, WS, add_other_workspace, agent, later


def _entry(seconds: float, *, workspace_id: str = WS, actor: str = "key_1", target: str = "agent_1") -> AuditEntry:
    return AuditEntry(
        audit_id=new_id("audit"),
        workspace_id=workspace_id,
        at=later(seconds),
        actor=actor,
        action=AuditAction.AGENT_CREATED if seconds else AuditAction.AGENT_DELETED,
        target_type=AuditTarget.AGENT,
        target_id=target,
        request_id="req_1",
        outcome=AuditOutcome.SUCCESS,
    )


async def test_entries_are_listed_newest_first_and_filtered(database: Database) -> None:
    await add_other_workspace(database)
    entries = [_entry(0), _entry(1, actor="cli"), _entry(2, target="agent_2"), _entry(3)]
    async with database.session() as session:
        log = AuditLogRepository(session)
        for entry in (*entries, _entry(4, workspace_id=OTHER)):
            await log.add(entry)
    async with database.read() as session:
        log = AuditLogRepository(session)
        first = await log.list(WS, AuditQuery(page_size=3))
        rest = await log.list(WS, AuditQuery(page_size=3, cursor=first.next_cursor))
        assert list(first.items + rest.items) == entries[::-1]
        assert (await log.list(WS, AuditQuery(actor="cli"))).items == (entries[1],)
        assert (await log.list(WS, AuditQuery(action=AuditAction.AGENT_DELETED))).items == (entries[0],)
        assert (await log.list(WS, AuditQuery(target_id="agent_2", actor="key_1"))).items == (entries[2],)
        assert len((await log.list(OTHER, AuditQuery())).items) == 1


async def test_an_entry_is_there_only_with_what_it_tells_of(database: Database) -> None:
    async def fail() -> None:
        async with database.session() as session:
            await AgentRepository(session).add(agent())
            await AuditLogRepository(session).add(_entry(1))
            raise LookupError

    with pytest.raises(LookupError):
        await fail()
    async with database.read() as session:
        assert (await AuditLogRepository(session).list(WS, AuditQuery())).items == ()
        assert await AgentRepository(session).count(WS) == 0
