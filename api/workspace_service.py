"""Makes workspaces, each with the first key of its own."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from api.audit_trail import AuditTrail
from api.key_service import FIRST_KEY_NAME, IssuedKey, NewKey, issue
from data.api_keys import Scope
from data.audit import AuditAction, AuditTarget
from data.database import Database
from data.ids import new_id
from data.pagination import Page
from data.repositories.workspace import WorkspaceRepository
from data.workspaces import Workspace, WorkspaceQuery


@dataclass(frozen=True, slots=True)
class NewWorkspace:
    """A workspace that was just made, and what opens it."""

    workspace: Workspace
    first_key: IssuedKey


class WorkspaceService:
    """What the owner of a server can do with its workspaces.

    Args:
        database: Where they are.
        trail: Who does it, and in which workspace that is noted.
    """

    def __init__(self, database: Database, trail: AuditTrail) -> None:
        self._database = database
        self._trail = trail

    async def list(self, query: WorkspaceQuery) -> Page[Workspace]:
        """A page of them, oldest first.

        Raises:
            InvalidInputError: `invalid_cursor` or `invalid_page_size`.
        """
        async with self._database.read() as session:
            return await WorkspaceRepository(session).list(query)

    async def create(self, name: str) -> NewWorkspace:
        """Make an empty workspace and a key with every scope in it."""
        now = datetime.now(UTC)
        workspace = Workspace(new_id("ws"), name, now)
        inside = replace(self._trail, workspace_id=workspace.workspace_id)
        async with self._database.session() as session:
            await WorkspaceRepository(session).add(workspace)
            await self._trail.note(
                session, AuditAction.WORKSPACE_CREATED, AuditTarget.WORKSPACE, workspace.workspace_id
            )
            first_key = await issue(session, inside, NewKey(FIRST_KEY_NAME, frozenset({Scope.ADMIN})), now)
        return NewWorkspace(workspace, first_key)
