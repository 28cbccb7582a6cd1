"""The audit log over REST: `/v1/workspace/audit-log`."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.auth import ADMINISTERS
from api.dependencies import CursorText, Me, PageSize, QueryText, State
from api.errors import error_responses
from api.schemas.workspace import AuditPage
from api.workspace_responses import audit_item
from data.audit import AuditAction, AuditQuery
from data.pagination import DEFAULT_PAGE_SIZE
from data.repositories.audit_log import AuditLogRepository

router = APIRouter(
    prefix="/v1/workspace/audit-log",
    tags=["Workspace"],
    dependencies=[ADMINISTERS],
    responses=error_responses(400, 401, 403, 429),
)


@router.get("", summary="Read the audit log")
async def read_audit_log(
    state: State,
    me: Me,
    page_size: PageSize = DEFAULT_PAGE_SIZE,
    cursor: CursorText = None,
    actor: Annotated[QueryText | None, Query(description="A key's id, `settings` or `cli`.")] = None,
    action: Annotated[AuditAction | None, Query(description="Only this kind of change.")] = None,
    target_id: Annotated[QueryText | None, Query(description="An agent, a conversation, a key …")] = None,
) -> AuditPage:
    """What was changed in the workspace and by whom, and what was denied; newest first."""
    query = AuditQuery(actor=actor, action=action, target_id=target_id, cursor=cursor, page_size=page_size)
    async with state.database.read() as session:
        page = await AuditLogRepository(session).list(me.workspace_id, query)
    return AuditPage(
        entries=[audit_item(entry) for entry in page.items],
        has_more=page.has_more,
        next_cursor=page.next_cursor,
    )
