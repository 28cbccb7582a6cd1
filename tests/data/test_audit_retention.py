"""The audit log goes when it is old enough, in every workspace."""

from datetime import timedelta

import pytest

from data import audit_retention
from data.audit import AuditAction, AuditEntry, AuditOutcome, AuditQuery, AuditTarget
from data.audit_retention import AuditRetention
from data.database import Database
from data.ids import new_id
from data.repositories.audit_log import AuditLogRepository
from tests.data.values import NOW, OTHER, WS, add_other_workspace


def entry(days: float, workspace_id: str = WS) -> AuditEntry:
    return AuditEntry(
        audit_id=new_id("audit"),
        workspace_id=workspace_id,
        at=NOW - timedelta(days=days),
        actor="cli",
        action=AuditAction.AGENT_CREATED,
        target_type=AuditTarget.AGENT,
        target_id="agent_1",
        request_id=None,
        outcome=AuditOutcome.SUCCESS,
    )


async def test_only_what_is_too_old_goes(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_retention, "BATCH", 2)
    await add_other_workspace(database)
    kept = entry(29.9)
    async with database.session() as session:
        log = AuditLogRepository(session)
        for old in (entry(30.1), entry(400), entry(31), entry(31, OTHER), kept):
            await log.add(old)
    assert await AuditRetention(database, 30).round(NOW) == 4
    async with database.read() as session:
        log = AuditLogRepository(session)
        assert list((await log.list(WS, AuditQuery())).items) == [kept]
        assert (await log.list(OTHER, AuditQuery())).items == ()


async def test_the_server_tidies_by_itself_unless_everything_is_kept(sqlite_database: Database) -> None:
    async with sqlite_database.session() as session:
        await AuditLogRepository(session).add(entry(4000))
    forever = AuditRetention(sqlite_database, 0)
    forever.start()
    await forever.close()
    async with sqlite_database.read() as session:
        assert len((await AuditLogRepository(session).list(WS, AuditQuery())).items) == 1
