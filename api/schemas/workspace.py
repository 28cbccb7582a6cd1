"""Bodies of the routes that manage a workspace: its keys, its audit log, and workspaces themselves."""

from datetime import datetime
from typing import Annotated

from pydantic import AwareDatetime, ConfigDict, Field, StringConstraints

from api.schemas.common import RequestBody, ResponseBody
from data.api_keys import KeyState, Scope
from data.audit import AuditAction, AuditOutcome, AuditTarget

LONGEST_OVERLAP_SECONDS = 30 * 24 * 3600
DEFAULT_OVERLAP_SECONDS = 24 * 3600
_SCOPES = "`read` sees, `write` also changes, `admin` also manages keys and sees the audit log."

Name = Annotated[str, StringConstraints(min_length=1, max_length=100, strip_whitespace=True)]


class ApiKeyBody(RequestBody):
    """An API key to be made."""

    model_config = ConfigDict(
        frozen=True,
        json_schema_extra={"examples": [{"name": "Console", "scopes": ["read", "write"], "expires_at": None}]},
    )

    name: Name = Field(description="What it is for, so that it is known again later.", examples=["Console"])
    scopes: list[Scope] = Field(
        default=[Scope.READ, Scope.WRITE], min_length=1, max_length=len(Scope), description=_SCOPES
    )
    expires_at: AwareDatetime | None = Field(
        default=None,
        description="From then on it is refused; null: never.",
        examples=["2030-01-01T00:00:00Z"],
    )


class RotateBody(RequestBody):
    """How an API key is replaced."""

    model_config = ConfigDict(frozen=True, json_schema_extra={"examples": [{"overlap_seconds": 3600}]})

    overlap_seconds: int = Field(
        default=DEFAULT_OVERLAP_SECONDS,
        ge=0,
        le=LONGEST_OVERLAP_SECONDS,
        description="How long the old key is good beside the new one; 0 ends it at once.",
    )


class ApiKeyShown(ResponseBody):
    """An API key, without its secret."""

    key_id: str = Field(examples=["key_01jb3kq8n5t6v7w8x9y0z1a2b3"])
    name: str
    prefix: str = Field(description="The beginning of the secret.", examples=["sdr_7h2kq9wz"])
    scopes: list[Scope] = Field(description=_SCOPES)
    state: KeyState = Field(description="Whether it opens anything now.")
    created_at: datetime
    last_used_at: datetime | None = Field(description="To the minute or so; null: never.")
    expires_at: datetime | None
    revoked_at: datetime | None
    replaced_by: str | None = Field(description="The key that rotation made in its place.")


class ApiKeyCreated(ApiKeyShown):
    """A new API key with its secret, which is shown this once."""

    api_key: str = Field(
        description="The secret: send it as `xi-api-key`. Nobody can show it again.",
        examples=[f"sdr_7h2kq9wz_{'0123456789abcdefghjkmnpqrs' * 2}"],
    )


class ApiKeyPage(ResponseBody):
    """A page of API keys."""

    api_keys: list[ApiKeyShown]
    has_more: bool
    next_cursor: str | None


class AuditItem(ResponseBody):
    """One thing that somebody did or was refused."""

    audit_id: str = Field(examples=["audit_01jb3kq8n5t6v7w8x9y0z1a2b3"])
    at: datetime
    actor: str = Field(description="A key's id; `settings`: one of `API_KEYS`; `cli`: somebody on the machine.")
    action: AuditAction
    target_type: AuditTarget
    target_id: str | None = Field(description="An id; of a denied request, its method and route.")
    request_id: str | None
    outcome: AuditOutcome


class AuditPage(ResponseBody):
    """A page of the audit log."""

    entries: list[AuditItem]
    has_more: bool
    next_cursor: str | None


class WorkspaceBody(RequestBody):
    """A workspace to be made."""

    model_config = ConfigDict(frozen=True, json_schema_extra={"examples": [{"name": "Branch office"}]})

    name: Name = Field(description="Whose it is.", examples=["Branch office"])


class WorkspaceShown(ResponseBody):
    """A workspace: its owner sees nothing of the others."""

    workspace_id: str = Field(examples=["ws_01jb3kq8n5t6v7w8x9y0z1a2b3"])
    name: str
    created_at: datetime


class WorkspaceCreated(WorkspaceShown):
    """A new workspace with its first key."""

    first_key: ApiKeyCreated = Field(description="Has every scope in the new workspace.")


class WorkspacePage(ResponseBody):
    """A page of workspaces."""

    workspaces: list[WorkspaceShown]
    has_more: bool
    next_cursor: str | None
