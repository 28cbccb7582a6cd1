"""What the API's documentation shows by way of example: one of everything, as it would be stored."""

from datetime import UTC, datetime, timedelta

from api.key_service import IssuedKey
from api.workspace_service import NewWorkspace
from data.agent_config import AgentConfig, AgentSettings, BuiltInTool, BuiltInToolSettings
from data.api_keys import ApiKey, Scope
from data.audit import AuditAction, AuditEntry, AuditOutcome, AuditTarget
from data.records import (
    CallStatus,
    ConversationRecord,
    Direction,
    EndReason,
    RetrievalRecord,
    Role,
    SnippetUse,
    Source,
    ToolCallRecord,
    TurnLatency,
    TurnRecord,
)
from data.workspaces import DEFAULT_WORKSPACE_ID, Workspace

_AT = datetime(2026, 1, 12, 9, 30, tzinfo=UTC)
_CALL_SID = "CA00112233445566778899aabbccddeeff"
_AGENT_ID = "agent_01jb3kq8n5t6v7w8x9y0z1a2b3"
_CONVERSATION_ID = "conv_01jb3m0c7d8e9f0g1h2j3k4m5n"
_KEY_ID = "key_01jb3k9p2q3r4s5t6v7w8x9y0z"
_WORKSPACE_ID = "ws_01jb3n6f7g8h9j0k1m2n3p4q5r"
_REQUEST_ID = "req_5f0c6a1e9b3d4c7f8a2b1d0e9c8f7a6b"

AGENT = AgentConfig(
    agent_id=_AGENT_ID,
    workspace_id=DEFAULT_WORKSPACE_ID,
    name="Front desk",
    system_prompt="You answer the phone of a dental practice. Be brief and friendly.",
    first_message="Hello, this is the dental practice. How can I help you?",
    created_at=_AT,
    updated_at=_AT,
    settings=AgentSettings(
        tags=("demo",),
        built_in_tools={
            BuiltInTool.END_CALL: BuiltInToolSettings(),
            BuiltInTool.BOOK_APPOINTMENT: BuiltInToolSettings(),
        },
    ),
)
_TURNS = (
    TurnRecord(0, Role.AGENT, "Hello, this is the dental practice. How can I help you?", 0.4),
    TurnRecord(1, Role.USER, "When are you open?", 4.1, confidence=0.97, latency=TurnLatency(stt_ms=180.0)),
    TurnRecord(
        2,
        Role.AGENT,
        "From nine to five, Monday to Friday.",
        5.6,
        latency=TurnLatency(
            stt_ms=180.0,
            retrieval_ms=0.0,
            llm_first_token_ms=220.0,
            llm_first_clause_ms=60.0,
            tts_first_byte_ms=140.0,
            voice_to_voice_ms=690.0,
        ),
        retrieval=RetrievalRecord(
            "When are you open?",
            "all-MiniLM-L6-v2",
            11.2,
            (SnippetUse("doc_01jb3k2a3b4c5d6e7f8g9h0j1k", "chunk_01jb3k2b3c4d5e6f7g8h9j0k1m", 0.31, 0.94),),
            similarity=0.94,
            answerable=True,
        ),
        input_tokens=412,
        output_tokens=11,
    ),
    TurnRecord(3, Role.USER, "Thanks, bye.", 9.2, confidence=0.99, latency=TurnLatency(interruption_ms=88.0)),
    TurnRecord(
        4,
        Role.AGENT,
        "Goodbye!",
        10.3,
        latency=TurnLatency(
            stt_ms=170.0,
            llm_first_token_ms=210.0,
            llm_first_clause_ms=40.0,
            tts_first_byte_ms=130.0,
            voice_to_voice_ms=640.0,
        ),
        tool_calls=(
            ToolCallRecord("call_1", "end_call", {"reason": "The caller said goodbye."}, "ended", False, 0.8),
        ),
    ),
)
CONVERSATION = ConversationRecord(
    conversation_id=_CONVERSATION_ID,
    workspace_id=DEFAULT_WORKSPACE_ID,
    agent_id=_AGENT_ID,
    agent_name="Front desk",
    status=CallStatus.COMPLETED,
    direction=Direction.INBOUND,
    call_sid=_CALL_SID,
    stream_sid="MZ00112233445566778899aabbccddeeff",
    phone_number="+15550002222",
    agent_number="+15550001111",
    phone_number_id="phnum_01jb3k5c6d7e8f9g0h1j2k3m4n",
    started_at=_AT,
    accepted_at=_AT + timedelta(seconds=1),
    ended_at=_AT + timedelta(seconds=13),
    duration_secs=12.1,
    end_reason=EndReason.AGENT_ENDED,
    error=None,
    dynamic_variables={},
    transcript_text="\n".join(f"{turn.role.value.title()}: {turn.message}" for turn in _TURNS),
    message_count=len(_TURNS),
    source=Source.TWILIO,
    turns=_TURNS,
)
KEY = ApiKey(
    key_id=_KEY_ID,
    workspace_id=DEFAULT_WORKSPACE_ID,
    name="Console",
    prefix="sdr_7h2kq9wz",
    scopes=frozenset({Scope.READ, Scope.WRITE}),
    created_at=_AT,
    last_used_at=_AT + timedelta(hours=3),
)
_SECRET = f"_{'0123456789abcdefghjkmnpqrs' * 2}"
ISSUED_KEY = IssuedKey(KEY, KEY.prefix + _SECRET)
WORKSPACE = Workspace(_WORKSPACE_ID, "Branch office", _AT)
NEW_WORKSPACE = NewWorkspace(
    WORKSPACE,
    IssuedKey(
        ApiKey(
            key_id="key_01jb3n6f8h9j0k1m2n3p4q5r6s",
            workspace_id=_WORKSPACE_ID,
            name="First key",
            prefix="sdr_m4x8p2vd",
            scopes=frozenset({Scope.ADMIN}),
            created_at=_AT,
        ),
        "sdr_m4x8p2vd" + _SECRET,
    ),
)
AUDIT_ENTRY = AuditEntry(
    audit_id="audit_01jb3m5d6e7f8g9h0j1k2m3n4p",
    workspace_id=DEFAULT_WORKSPACE_ID,
    at=_AT,
    actor=_KEY_ID,
    action=AuditAction.AGENT_UPDATED,
    target_type=AuditTarget.AGENT,
    target_id=_AGENT_ID,
    request_id=_REQUEST_ID,
    outcome=AuditOutcome.SUCCESS,
)
