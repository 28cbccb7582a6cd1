"""Workspaces over REST, for the owner of the server: `/v1/workspaces`."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from api.auth import ADMINISTERS_SERVER
from api.dependencies import CursorText, PageSize, State, Trail
from api.errors import error_responses
from api.schemas.workspace import WorkspaceBody, WorkspaceCreated, WorkspacePage
from api.workspace_responses import forbid_storing, workspace_created, workspace_shown
from api.workspace_service import WorkspaceService
from data.pagination import DEFAULT_PAGE_SIZE
from data.workspaces import WorkspaceQuery

router = APIRouter(
    prefix="/v1/workspaces",
    tags=["Workspace"],
    dependencies=[ADMINISTERS_SERVER],
    responses=error_responses(400, 401, 403, 429),
)


async def _workspace_service(state: State, trail: Trail) -> WorkspaceService:
    return WorkspaceService(state.database, trail)


Workspaces = Annotated[WorkspaceService, Depends(_workspace_service)]


@router.get("", summary="List workspaces")
async def list_workspaces(
    workspaces: Workspaces, page_size: PageSize = DEFAULT_PAGE_SIZE, cursor: CursorText = None
) -> WorkspacePage:
    """Oldest first. Only for admins of the server's own workspace."""
    page = await workspaces.list(WorkspaceQuery(cursor=cursor, page_size=page_size))
    return WorkspacePage(
        workspaces=[workspace_shown(workspace) for workspace in page.items],
        has_more=page.has_more,
        next_cursor=page.next_cursor,
    )


@router.post("", summary="Create a workspace")
async def create_workspace(body: WorkspaceBody, workspaces: Workspaces, response: Response) -> WorkspaceCreated:
    """Empty, with a first key whose secret is shown this once. Only for admins of the server's own workspace."""
    forbid_storing(response)
    return workspace_created(await workspaces.create(body.name))
