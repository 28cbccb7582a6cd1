"""What a `ConversationQuery` means in SQL."""

from sqlalchemy import ColumnElement

from data.models import ConversationRow
from data.queries import ConversationQuery


def conversation_conditions(workspace_id: str, query: ConversationQuery) -> list[ColumnElement[bool]]:
    """The conditions that a conversation of the list has to satisfy."""
    row = ConversationRow
    conditions: list[ColumnElement[bool]] = [row.workspace_id == workspace_id]
    if query.agent_id is not None:
        conditions.append(row.agent_id == query.agent_id)
    if query.statuses:
        conditions.append(row.status.in_(query.statuses))
    if query.exclude_statuses:
        conditions.append(row.status.not_in(query.exclude_statuses))
    if query.call_start_after is not None:
        conditions.append(row.started_at >= query.call_start_after)
    if query.call_start_before is not None:
        conditions.append(row.started_at <= query.call_start_before)
    if query.duration_min_secs is not None:
        conditions.append(row.duration_secs >= query.duration_min_secs)
    if query.duration_max_secs is not None:
        conditions.append(row.duration_secs <= query.duration_max_secs)
    if query.phone_number_ids:
        conditions.append(row.phone_number_id.in_(query.phone_number_ids))
    if query.search:
        conditions.append(row.transcript.icontains(query.search, autoescape=True))
    return conditions
