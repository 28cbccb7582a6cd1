"""Conversations, between their rows and their values."""

from data.models import ConversationRow
from data.queries import NewConversation
from data.records import CallStatus, ConversationRecord, Direction, EndReason, Source, TurnRecord


def conversation_row(new: NewConversation) -> ConversationRow:
    """The row of a conversation that was just announced."""
    return ConversationRow(
        conversation_id=new.conversation_id,
        workspace_id=new.workspace_id,
        agent_id=new.agent_id,
        agent_name=new.agent_name,
        status=CallStatus.INITIATED,
        direction=new.direction,
        call_sid=new.call_sid,
        stream_sid=None,
        phone_number=new.phone_number,
        agent_number=new.agent_number,
        phone_number_id=new.phone_number_id,
        created_at=new.started_at,
        started_at=new.started_at,
        accepted_at=None,
        ended_at=None,
        duration_secs=0.0,
        termination_reason=None,
        error=None,
        transcript="",
        message_count=0,
        dynamic_variables=dict(new.dynamic_variables),
        call_metadata=dict(new.call_metadata),
        owner=new.owner,
        lease_expires_at=new.lease_until,
    )


def conversation_record(row: ConversationRow, turns: tuple[TurnRecord, ...] = ()) -> ConversationRecord:
    """The value of a row."""
    return ConversationRecord(
        conversation_id=row.conversation_id,
        workspace_id=row.workspace_id,
        agent_id=row.agent_id,
        agent_name=row.agent_name,
        status=CallStatus(row.status),
        direction=Direction(row.direction),
        call_sid=row.call_sid,
        stream_sid=row.stream_sid,
        phone_number=row.phone_number,
        agent_number=row.agent_number,
        phone_number_id=row.phone_number_id,
        started_at=row.started_at,
        accepted_at=row.accepted_at,
        ended_at=row.ended_at,
        duration_secs=row.duration_secs,
        end_reason=None if row.termination_reason is None else EndReason(row.termination_reason),
        error=row.error,
        dynamic_variables=row.dynamic_variables,
        message_count=row.message_count,
        transcript_text=row.transcript,
        source=_source(row),
        turns=turns,
    )


def _source(row: ConversationRow) -> Source:
    """Whoever announced it may have said; of the others, telephone calls have Twilio's id."""
    said = row.call_metadata.get("source")
    if said in tuple(Source):
        return Source(str(said))
    return Source.TWILIO if row.call_sid else Source.UNKNOWN
