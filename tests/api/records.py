"""A stored conversation in which everything that REST shows has a value."""

from datetime import UTC, datetime, timedelta

from api.state import AppState
from data.database import Database
from data.knowledge_records import DocumentType, KnowledgeDocument
from data.queries import NewConversation
from data.records import (
    CallOutcome,
    Direction,
    EndReason,
    RetrievalRecord,
    Role,
    SnippetUse,
    ToolCallRecord,
    TurnLatency,
    TurnRecord,
)
from data.repositories.conversation import ConversationRepository
from data.repositories.knowledge import KnowledgeRepository
from data.repositories.knowledge_chunks import unembedded
from data.workspaces import DEFAULT_WORKSPACE_ID

STARTED = datetime(2026, 1, 2, 3, 4, 5, 678000, UTC)
TURNS = (
    TurnRecord(0, Role.AGENT, "Hello.", 0.4),
    TurnRecord(1, Role.USER, "When are you open?", 2.6, confidence=0.93, latency=TurnLatency(stt_ms=150.0)),
    TurnRecord(
        2,
        Role.AGENT,
        "From nine to five.",
        3.9,
        interrupted=True,
        latency=TurnLatency(
            stt_ms=150.0,
            retrieval_ms=0.0,
            llm_first_token_ms=200.0,
            llm_first_clause_ms=50.0,
            tts_first_byte_ms=120.0,
            voice_to_voice_ms=640.0,
        ),
        retrieval=RetrievalRecord(
            "When are you open?", "all-MiniLM-L6-v2", 12.5, (SnippetUse("doc_1", "chunk_1", 0.25),)
        ),
        input_tokens=400,
        output_tokens=12,
    ),
    TurnRecord(3, Role.USER, "Book it. Bye.", 7.0, latency=TurnLatency(interruption_ms=90.0)),
    TurnRecord(
        4,
        Role.AGENT,
        "Goodbye.",
        9.5,
        latency=TurnLatency(llm_first_token_ms=300.0, voice_to_voice_ms=800.0),
        tool_calls=(
            ToolCallRecord("call_1", "book_appointment", {"day": "Monday"}, {"booked": True}, False, 30.0),
            ToolCallRecord("call_2", "end_call", {"reason": "said goodbye"}, "ended", False, 1.0),
        ),
    ),
)


async def store_conversation(
    state: AppState,
    number: int = 1,
    *,
    agent_id: str = "agent_1",
    reason: EndReason | None = EndReason.CALLER_HUNG_UP,
) -> str:
    """Store a call with five turns, ended unless `reason` is None; its CallSid is `CA…<number>`."""
    started = STARTED + timedelta(minutes=number)
    new = NewConversation(
        conversation_id=f"conv_{number:026d}",
        workspace_id=DEFAULT_WORKSPACE_ID,
        agent_id=agent_id,
        agent_name="Front desk",
        direction=Direction.INBOUND,
        started_at=started,
        call_sid=call_sid(number),
        phone_number="+15550001111",
        agent_number="+15552223333",
        phone_number_id="phnum_1",
        dynamic_variables={"name": "Bob"},
    )
    async with state.database.session() as session:
        conversations = ConversationRepository(session)
        await conversations.create(new)
        await conversations.start(
            new.conversation_id, "MZ1", "test", started + timedelta(minutes=1), started + timedelta(seconds=1)
        )
        for turn in TURNS:
            await conversations.add_turn(new.conversation_id, turn)
        if reason is not None:
            ended = started + timedelta(seconds=12)
            await conversations.finish(new.conversation_id, CallOutcome(reason, ended, 12.4))
    return new.conversation_id


def call_sid(number: int) -> str:
    """The CallSid of a stored conversation."""
    return f"CA{number:032x}"


async def store_document(database: Database, document_id: str) -> None:
    """A document with this id and no chunks."""
    document = KnowledgeDocument(
        document_id=document_id,
        workspace_id=DEFAULT_WORKSPACE_ID,
        name="FAQ",
        type=DocumentType.TEXT,
        content_hash=document_id,
        text="FAQ",
        size_bytes=3,
        created_at=STARTED,
        updated_at=STARTED,
    )
    async with database.session() as session:
        await KnowledgeRepository(session).add_document(document, (), unembedded(0), "")
