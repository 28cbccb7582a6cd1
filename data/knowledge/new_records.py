"""Makes what is stored of a document out of a prepared one."""

from collections.abc import Sequence
from datetime import UTC, datetime

from data.ids import new_id
from data.knowledge.prepared import PreparedChunk, PreparedDocument
from data.knowledge_records import DocumentType, KnowledgeChunk, KnowledgeDocument


def new_document(
    workspace_id: str, agent_id: str | None, prepared: PreparedDocument, document_type: DocumentType
) -> KnowledgeDocument:
    """A document with an id of its own, added now for an agent, or (None) for the workspace."""
    now = datetime.now(UTC)
    return KnowledgeDocument(
        document_id=new_id("doc"),
        workspace_id=workspace_id,
        name=prepared.name,
        type=document_type,
        content_hash=prepared.content_hash,
        text=prepared.text,
        size_bytes=prepared.size_bytes,
        created_at=now,
        updated_at=now,
        agent_id=agent_id,
        url=prepared.url,
        filename=prepared.filename,
    )


def new_chunks(prepared: Sequence[PreparedChunk]) -> list[KnowledgeChunk]:
    """Chunks with ids of their own."""
    return [
        KnowledgeChunk(new_id("chunk"), position, chunk.title, chunk.text, chunk.page)
        for position, chunk in enumerate(prepared)
    ]
