"""The audit log: who changed what, and who tried to without being allowed. It holds ids and no personal data."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

SETTINGS_ACTOR = "settings"
"""Actor of requests made with one of `API_KEYS`."""
CLI_ACTOR = "cli"
"""Actor of what is done on the machine itself."""


class AuditAction(StrEnum):
    """What was done."""

    AGENT_CREATED = "agent.created"
    AGENT_UPDATED = "agent.updated"
    AGENT_DELETED = "agent.deleted"
    CONVERSATION_DELETED = "conversation.deleted"
    DOCUMENT_CREATED = "document.created"
    DOCUMENT_UPDATED = "document.updated"
    DOCUMENT_DELETED = "document.deleted"
    API_KEY_CREATED = "api_key.created"
    API_KEY_REVOKED = "api_key.revoked"
    API_KEY_ROTATED = "api_key.rotated"
    WORKSPACE_CREATED = "workspace.created"
    ACCESS_DENIED = "access.denied"
    """A key was used for something that its scopes do not allow; the target is the route."""


class AuditOutcome(StrEnum):
    """What came of it."""

    SUCCESS = "success"
    DENIED = "denied"


class AuditTarget(StrEnum):
    """Kind of what it was done to."""

    AGENT = "agent"
    CONVERSATION = "conversation"
    DOCUMENT = "document"
    API_KEY = "api_key"
    WORKSPACE = "workspace"
    ROUTE = "route"


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One thing that somebody did or was refused; the time is UTC."""

    audit_id: str
    workspace_id: str
    at: datetime
    actor: str
    """A key's id, or `settings` or `cli`."""
    action: AuditAction
    target_type: AuditTarget
    target_id: str | None
    request_id: str | None
    """The REST request's; also in the log."""
    outcome: AuditOutcome


@dataclass(frozen=True, slots=True)
class AuditQuery:
    """Which entries of a workspace to list, newest first. All conditions have to hold."""

    actor: str | None = None
    action: AuditAction | None = None
    target_id: str | None = None
    cursor: str | None = None
    page_size: int = 30
