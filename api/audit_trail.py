"""Notes in the audit log what one request, or one run of the command line, does."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from data.audit import AuditAction, AuditEntry, AuditOutcome, AuditTarget
from data.ids import new_id
from data.repositories.audit_log import AuditLogRepository


@dataclass(frozen=True, slots=True)
class AuditTrail:
    """Who does it, and where.

    Attributes:
        workspace_id: Whose log it goes into.
        actor: A key's id, or `settings` or `cli`.
        request_id: Of the REST request; None for the command line.
    """

    workspace_id: str
    actor: str
    request_id: str | None

    async def note(
        self,
        session: AsyncSession,
        action: AuditAction,
        target: AuditTarget,
        target_id: str,
        *,
        outcome: AuditOutcome = AuditOutcome.SUCCESS,
    ) -> None:
        """Add an entry.

        Args:
            session: The one in which it is done, so that neither is there without the other.
            action: What is done.
            target: Kind of what it is done to.
            target_id: Which one.
            outcome: What came of it.
        """
        entry = AuditEntry(
            audit_id=new_id("audit"),
            workspace_id=self.workspace_id,
            at=datetime.now(UTC),
            actor=self.actor,
            action=action,
            target_type=target,
            target_id=target_id,
            request_id=self.request_id,
            outcome=outcome,
        )
        await AuditLogRepository(session).add(entry)
