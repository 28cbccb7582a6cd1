"""The audit log in storage: entries are added and read, never changed; old ones are removed."""

from datetime import datetime

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from data.audit import AuditAction, AuditEntry, AuditOutcome, AuditQuery, AuditTarget
from data.models import AuditLogRow
from data.pagination import Page, SortDirection
from data.repositories.keyset import Keyset


class AuditLogRepository:
    """Stores what was done.

    Args:
        session: The one in which it is done, so that neither is there without the other.
    """

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, entry: AuditEntry) -> None:
        """Store an entry in its `workspace_id`."""
        self._session.add(
            AuditLogRow(
                audit_id=entry.audit_id,
                workspace_id=entry.workspace_id,
                at=entry.at,
                actor=entry.actor,
                action=entry.action,
                target_type=entry.target_type,
                target_id=entry.target_id,
                request_id=entry.request_id,
                outcome=entry.outcome,
            )
        )
        await self._session.flush()

    async def list(self, workspace_id: str, query: AuditQuery) -> Page[AuditEntry]:
        """A page of the workspace's entries, newest first.

        Raises:
            InvalidInputError: `invalid_cursor` or `invalid_page_size`.
        """
        row = AuditLogRow
        conditions: list[ColumnElement[bool]] = [row.workspace_id == workspace_id]
        if query.actor is not None:
            conditions.append(row.actor == query.actor)
        if query.action is not None:
            conditions.append(row.action == query.action)
        if query.target_id is not None:
            conditions.append(row.target_id == query.target_id)
        keyset = Keyset(row, "at", row.at, row.audit_id, SortDirection.DESCENDING)
        return await keyset.page(
            self._session, conditions, cursor=query.cursor, page_size=query.page_size, to_value=_to_value
        )

    async def remove_older(self, than: datetime, most: int) -> int:
        """Remove entries of every workspace that are older, at most so many; returns how many that was."""
        row = AuditLogRow
        old = select(row.audit_id).where(row.at < than).limit(most)
        removed = await self._session.scalars(delete(row).where(row.audit_id.in_(old)).returning(row.audit_id))
        return len(removed.all())


def _to_value(row: AuditLogRow) -> AuditEntry:
    return AuditEntry(
        audit_id=row.audit_id,
        workspace_id=row.workspace_id,
        at=row.at,
        actor=row.actor,
        action=AuditAction(row.action),
        target_type=AuditTarget(row.target_type),
        target_id=row.target_id,
        request_id=row.request_id,
        outcome=AuditOutcome(row.outcome),
    )
