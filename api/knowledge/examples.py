"""Examples of answers about documents for the API's documentation, made by the code that makes the answers."""

from datetime import UTC, datetime

import numpy as np
from pydantic import BaseModel

from api.knowledge.document_lookup import FoundDocument
from api.knowledge.document_service import ListedDocument
from api.knowledge.responses import (
    chunk_shown,
    dependent,
    document_detail,
    document_listed,
    document_match,
    document_summary,
    index_shown,
    missing_summary,
    query_answer,
)
from api.openapi_samples import AGENT
from api.schemas.common import Nothing
from api.schemas.knowledge import (
    AgentDocumentCreated,
    ChunkPage,
    DependentPage,
    DocumentCreated,
    DocumentMatches,
    DocumentPage,
    KnowledgeSize,
    ModelUsage,
    RagIndexes,
    RagOverview,
    RagRequestDone,
)
from config.errors import NotFoundError
from data.knowledge.content_terms import content_terms, segments
from data.knowledge.retriever import RetrievalResult
from data.knowledge.snippet import Snippet
from data.knowledge_records import (
    DependentAgent,
    DocumentType,
    EmbeddedChunk,
    KnowledgeChunk,
    KnowledgeDocument,
    ModelIndex,
)

_AT = datetime(2026, 1, 12, 9, 30, tzinfo=UTC)
_MODEL = "sentence-transformers/all-MiniLM-L6-v2"
_DOCUMENT = KnowledgeDocument(
    document_id="doc_01jb3k5c6d7e8f9g0h1j2k3m4n",
    workspace_id=AGENT.workspace_id,
    name="Prices",
    type=DocumentType.FILE,
    content_hash="",
    text="# Prices\n\nA check-up costs 79 dollars.",
    size_bytes=48_213,
    created_at=_AT,
    updated_at=_AT,
    filename="prices.pdf",
)
_CHUNK = KnowledgeChunk(
    "chunk_01jb3k5c6d7e8f9g0h1j2k3m4p", 0, "Prices", "Prices\nA check-up costs 79 dollars.", page=1
)
_AGENT = DependentAgent(AGENT.agent_id, AGENT.name, AGENT.created_at)
_FOUND = RetrievalResult(
    snippets=(Snippet(_DOCUMENT.document_id, _CHUNK.chunk_id, "Prices", _CHUNK.text, 0.31, 0.97),),
    latency_ms=9.4,
    query="What does a check-up cost?",
    similarity=0.97,
)
_MATCH = FoundDocument(
    ListedDocument(_DOCUMENT, (_AGENT,)),
    segments(_CHUNK.text, content_terms("check-up cost")),
    score=1.0,
)


def knowledge_examples() -> dict[str, BaseModel | dict[str, BaseModel]]:
    """The body of a good answer, by operation id."""
    created = DocumentCreated(id=_DOCUMENT.document_id, name=_DOCUMENT.name)
    chunk = chunk_shown(EmbeddedChunk(_DOCUMENT.document_id, _CHUNK, _MODEL, np.zeros(0, dtype=np.float32)))
    index = index_shown(_MODEL, ModelIndex(_MODEL, 1, 1536))
    detail = document_detail(_DOCUMENT)
    return {
        "add_agent_document": AgentDocumentCreated(
            id=created.id,
            document_id=created.id,
            name=created.name,
            agent_id=AGENT.agent_id,
            chunk_count=1,
            status="succeeded",
        ),
        "query_agent_documents": query_answer(_FOUND),
        "get_agent_knowledge_size": KnowledgeSize(number_of_pages=12),
        "create_document": created,
        "create_document_from_text": created,
        "create_document_from_url": created,
        "create_document_from_file": created,
        "list_documents": DocumentPage(
            documents=[document_listed(_DOCUMENT, [_AGENT])], has_more=False, next_cursor=None
        ),
        "search_documents": DocumentMatches(results=[document_match(_MATCH)], has_more=False, next_cursor=None),
        "get_document_summaries": {
            _DOCUMENT.document_id: document_summary(_DOCUMENT, [_AGENT]),
            "doc_01jb3k5c6d7e8f9g0h1j2k3m4q": missing_summary(
                NotFoundError("There is no such document.", code="document_not_found")
            ),
        },
        "get_document": detail,
        "update_document": detail,
        "refresh_document": detail,
        "update_document_file": detail,
        "delete_document": Nothing(),
        "list_dependent_agents": DependentPage(agents=[dependent(_AGENT)], has_more=False, next_cursor=None),
        "list_chunks": ChunkPage(chunks=[chunk], has_more=False, next_cursor=None),
        "get_chunk": chunk,
        "get_rag_overview": RagOverview(
            total_used_bytes=1536, total_max_bytes=2**40, models=[ModelUsage(model=_MODEL, used_bytes=1536)]
        ),
        "compute_rag_indexes": {_DOCUMENT.document_id: RagRequestDone(status="success", data=index)},
        "compute_rag_index": index,
        "get_rag_indexes": RagIndexes(indexes=[index]),
        "delete_rag_index": index,
    }
