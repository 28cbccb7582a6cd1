"""Shows a stored conversation as REST does: ElevenLabs' shape and the seeds' flat fields in one body."""

import math

from api.schemas.conversations import (
    CallError,
    ConversationDetail,
    ConversationMetadata,
    ConversationSummary,
    InitiationData,
    PhoneCall,
    StatusWord,
)
from api.turn_views import transcript_item
from config.setting_groups import StatusWords
from data.records import CallStatus, ConversationRecord

_DONE = "done"
_WORDS: dict[CallStatus, StatusWord] = {
    CallStatus.INITIATED: "initiated",
    CallStatus.IN_PROGRESS: "in-progress",
    CallStatus.PROCESSING: "processing",
    CallStatus.COMPLETED: "completed",
    CallStatus.FAILED: "failed",
}


def status_word(status: CallStatus, words: StatusWords) -> StatusWord:
    """The stored status in the words that the client wants."""
    if status is CallStatus.COMPLETED and words is StatusWords.ELEVENLABS:
        return "done"
    return _WORDS[status]


def stored_status(word: StatusWord) -> CallStatus:
    """The stored status that either vocabulary means."""
    return CallStatus.COMPLETED if word == _DONE else CallStatus(word)


def summary(record: ConversationRecord, words: StatusWords) -> ConversationSummary:
    """The conversation as one of a list."""
    return ConversationSummary(
        agent_id=record.agent_id,
        agent_name=record.agent_name,
        conversation_id=record.conversation_id,
        call_sid=record.call_sid,
        start_time_unix_secs=math.floor(record.started_at.timestamp()),
        call_duration_secs=round(record.duration_secs),
        message_count=record.message_count,
        status=status_word(record.status, words),
        direction=record.direction.value,
        conversation_initiation_source=record.source.value,
        termination_reason=_termination_reason(record),
        phone_number=record.phone_number,
        started_at=record.started_at,
        ended_at=record.ended_at,
        duration_secs=record.duration_secs,
    )


def detail(record: ConversationRecord, words: StatusWords) -> ConversationDetail:
    """The whole conversation; `record` must have been read with its turns."""
    return ConversationDetail(
        agent_id=record.agent_id,
        agent_name=record.agent_name,
        conversation_id=record.conversation_id,
        call_sid=record.call_sid,
        status=status_word(record.status, words),
        transcript=[transcript_item(turn, agent_id=record.agent_id) for turn in record.turns],
        transcript_text=record.transcript_text or _running_text(record),
        metadata=_metadata(record),
        conversation_initiation_client_data=InitiationData(dynamic_variables=record.dynamic_variables),
        phone_number=record.phone_number,
        started_at=record.started_at,
        ended_at=record.ended_at,
        duration_secs=record.duration_secs,
        end_reason=record.end_reason.value if record.end_reason else None,
    )


def _metadata(record: ConversationRecord) -> ConversationMetadata:
    return ConversationMetadata(
        start_time_unix_secs=math.floor(record.started_at.timestamp()),
        accepted_time_unix_secs=math.floor(record.accepted_at.timestamp()) if record.accepted_at else None,
        call_duration_secs=round(record.duration_secs),
        termination_reason=_termination_reason(record),
        error=CallError(code=1011, reason=record.error) if record.error else None,
        conversation_initiation_source=record.source.value,
        phone_call=_phone_call(record),
    )


def _phone_call(record: ConversationRecord) -> PhoneCall | None:
    if record.call_sid is None:
        return None
    return PhoneCall(
        direction=record.direction.value,
        phone_number_id=record.phone_number_id,
        agent_number=record.agent_number,
        external_number=record.phone_number,
        stream_sid=record.stream_sid,
        call_sid=record.call_sid,
    )


def _termination_reason(record: ConversationRecord) -> str | None:
    return record.end_reason.describe() if record.end_reason else None


def _running_text(record: ConversationRecord) -> str:
    """The text of a call that still runs; a finished one has its own, written once."""
    return "\n".join(f"{turn.role.value.capitalize()}: {turn.message}" for turn in record.turns)
