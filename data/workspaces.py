"""Workspaces separate the owners of one server from each other; every row belongs to one."""

from dataclasses import dataclass
from datetime import datetime

DEFAULT_WORKSPACE_ID = "ws_default"
"""The workspace that the first migration makes, for servers with a single owner."""


@dataclass(frozen=True, slots=True)
class Workspace:
    """One owner of agents, conversations and keys."""

    workspace_id: str
    name: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class WorkspaceQuery:
    """Which workspaces of the server to list, oldest first."""

    cursor: str | None = None
    page_size: int = 30
