"""What the long lists can be asked for, and what starts a conversation."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from pydantic import JsonValue

from data.pagination import DEFAULT_PAGE_SIZE, SortDirection
from data.records import CallStatus, Direction


class AgentSort(StrEnum):
    """What agents are ordered by."""

    NAME = "name"
    CREATED_AT = "created_at"


@dataclass(frozen=True, slots=True)
class AgentQuery:
    """Which agents of a workspace to list."""

    search: str | None = None
    """Part of the name, in any case."""
    tags: tuple[str, ...] = ()
    """Agents with at least one of these."""
    sort_by: AgentSort = AgentSort.CREATED_AT
    direction: SortDirection = SortDirection.DESCENDING
    cursor: str | None = None
    page_size: int = DEFAULT_PAGE_SIZE


@dataclass(frozen=True, slots=True)
class ConversationQuery:
    """Which conversations of a workspace to list, by start. All conditions have to hold; bounds belong."""

    agent_id: str | None = None
    statuses: tuple[CallStatus, ...] = ()
    """One of these; empty means any."""
    exclude_statuses: tuple[CallStatus, ...] = ()
    call_start_after: datetime | None = None
    call_start_before: datetime | None = None
    duration_min_secs: float | None = None
    duration_max_secs: float | None = None
    search: str | None = None
    """Part of the flat transcript, in any case; so it finds conversations that have ended."""
    phone_number_ids: tuple[str, ...] = ()
    direction: SortDirection = SortDirection.DESCENDING
    cursor: str | None = None
    page_size: int = DEFAULT_PAGE_SIZE


@dataclass(frozen=True, slots=True)
class NewConversation:
    """A conversation at the moment it is announced."""

    conversation_id: str
    workspace_id: str
    agent_id: str
    agent_name: str
    direction: Direction
    started_at: datetime
    call_sid: str | None = None
    phone_number: str | None = None
    """The other party's, E.164."""
    agent_number: str | None = None
    phone_number_id: str | None = None
    dynamic_variables: Mapping[str, JsonValue] = field(default_factory=dict)
    call_metadata: Mapping[str, JsonValue] = field(default_factory=dict)
    """Anything the transport knows beyond the columns."""
    owner: str | None = None
    """The process that announced it."""
    lease_until: datetime | None = None
    """When it counts as never streamed unless it was started; None leaves that to the status callback."""
