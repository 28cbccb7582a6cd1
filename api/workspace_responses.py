"""Makes the response bodies of keys, workspaces and the audit log out of stored values."""

from datetime import UTC, datetime

from fastapi import Response

from api.key_service import IssuedKey
from api.schemas.workspace import ApiKeyCreated, ApiKeyShown, AuditItem, WorkspaceCreated, WorkspaceShown
from api.workspace_service import NewWorkspace
from data.api_keys import ApiKey, Scope
from data.audit import AuditEntry
from data.workspaces import Workspace


def key_shown(key: ApiKey) -> ApiKeyShown:
    """A key as it is now."""
    return ApiKeyShown(
        key_id=key.key_id,
        name=key.name,
        prefix=key.prefix,
        scopes=[scope for scope in Scope if scope in key.scopes],
        state=key.state(datetime.now(UTC)),
        created_at=key.created_at,
        last_used_at=key.last_used_at,
        expires_at=key.expires_at,
        revoked_at=key.revoked_at,
        replaced_by=key.replaced_by,
    )


def key_created(issued: IssuedKey) -> ApiKeyCreated:
    """A new key, with its secret."""
    return ApiKeyCreated(**dict(key_shown(issued.key)), api_key=issued.secret)


def forbid_storing(response: Response) -> None:
    """For answers that hold a secret: nobody on the way may keep them (RFC 9111, §5.2.2.5)."""
    response.headers["cache-control"] = "no-store"


def audit_item(entry: AuditEntry) -> AuditItem:
    """An entry of the audit log."""
    return AuditItem(
        audit_id=entry.audit_id,
        at=entry.at,
        actor=entry.actor,
        action=entry.action,
        target_type=entry.target_type,
        target_id=entry.target_id,
        request_id=entry.request_id,
        outcome=entry.outcome,
    )


def workspace_shown(workspace: Workspace) -> WorkspaceShown:
    """A workspace."""
    return WorkspaceShown(
        workspace_id=workspace.workspace_id, name=workspace.name, created_at=workspace.created_at
    )


def workspace_created(new: NewWorkspace) -> WorkspaceCreated:
    """A new workspace, with the secret of its first key."""
    return WorkspaceCreated(**dict(workspace_shown(new.workspace)), first_key=key_created(new.first_key))
