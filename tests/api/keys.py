"""Keys and workspaces for tests, made without REST."""

from datetime import UTC, datetime, timedelta

import httpx

from api.audit_trail import AuditTrail
from api.key_service import IssuedKey, KeyService, NewKey
from data.api_keys import Scope
from data.database import Database
from data.repositories.workspace import WorkspaceRepository
from data.workspaces import DEFAULT_WORKSPACE_ID, Workspace

KEYS = "/v1/workspace/api-keys"


def trail_of(workspace_id: str = DEFAULT_WORKSPACE_ID) -> AuditTrail:
    """The trail of a test."""
    return AuditTrail(workspace_id, "cli", None)


async def make_workspace(database: Database, workspace_id: str) -> None:
    """Add an empty workspace."""
    async with database.session() as session:
        await WorkspaceRepository(session).add(Workspace(workspace_id, workspace_id.title(), datetime.now(UTC)))


async def issue_key(
    database: Database,
    *scopes: Scope,
    workspace_id: str = DEFAULT_WORKSPACE_ID,
    ends_in: timedelta | None = None,
) -> IssuedKey:
    """Make a key."""
    expires_at = None if ends_in is None else datetime.now(UTC) + ends_in
    return await KeyService(database, trail_of(workspace_id)).create(NewKey("Test", frozenset(scopes), expires_at))


async def every_key(client: httpx.AsyncClient) -> dict[str, dict[str, object]]:
    """The workspace's keys over REST, by id."""
    return {key["key_id"]: key for key in (await client.get(KEYS)).json()["api_keys"]}
