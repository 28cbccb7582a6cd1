"""Workspaces in storage."""

from sqlalchemy import ColumnElement
from sqlalchemy.ext.asyncio import AsyncSession

from config.errors import NotFoundError
from data.models import WorkspaceRow
from data.pagination import Page, SortDirection
from data.repositories.keyset import Keyset
from data.workspaces import Workspace, WorkspaceQuery


class WorkspaceRepository:
    """Stores workspaces; a name need not be unique.

    Args:
        session: One from `Database.session()`, or `Database.read()` where nothing is changed.
    """

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, workspace: Workspace) -> None:
        """Store a new workspace, whose id is nobody's yet."""
        self._session.add(
            WorkspaceRow(workspace_id=workspace.workspace_id, name=workspace.name, created_at=workspace.created_at)
        )
        await self._session.flush()

    async def get(self, workspace_id: str) -> Workspace:
        """One workspace.

        Raises:
            NotFoundError: `workspace_not_found`.
        """
        row = await self._session.get(WorkspaceRow, workspace_id)
        if row is None:
            raise NotFoundError("There is no such workspace.", param="workspace_id", code="workspace_not_found")
        return _to_value(row)

    async def list(self, query: WorkspaceQuery) -> Page[Workspace]:
        """A page of the server's workspaces, oldest first.

        Raises:
            InvalidInputError: `invalid_cursor` or `invalid_page_size`.
        """
        conditions: list[ColumnElement[bool]] = []
        keyset = Keyset(
            WorkspaceRow,
            "created_at",
            WorkspaceRow.created_at,
            WorkspaceRow.workspace_id,
            SortDirection.ASCENDING,
        )
        return await keyset.page(
            self._session, conditions, cursor=query.cursor, page_size=query.page_size, to_value=_to_value
        )


def _to_value(row: WorkspaceRow) -> Workspace:
    return Workspace(row.workspace_id, row.name, row.created_at)
