"""Makes the response bodies of documents, chunks and indexes out of what is stored."""

import hashlib
import math
from collections.abc import Sequence

from api.knowledge.document_lookup import FoundDocument
from api.schemas.knowledge import (
    ChunkShown,
    Dependent,
    DocumentDetail,
    DocumentListed,
    DocumentMatch,
    DocumentMetadata,
    DocumentShown,
    DocumentSummary,
    HighlightSegment,
    IndexUsage,
    QueryAnswer,
    QueryChunk,
    RagIndex,
)
from config.errors import NotFoundError
from data.knowledge.prompt_documents import MOST_PROMPT_CHARS
from data.knowledge.retriever import RetrievalResult
from data.knowledge_records import DependentAgent, EmbeddedChunk, KnowledgeDocument, ModelIndex


def document_shown(document: KnowledgeDocument) -> DocumentShown:
    """A document without its text."""
    return DocumentShown(
        id=document.document_id,
        name=document.name,
        type=document.type.value,
        metadata=DocumentMetadata(
            created_at_unix_secs=math.floor(document.created_at.timestamp()),
            last_updated_at_unix_secs=math.floor(document.updated_at.timestamp()),
            size_bytes=document.size_bytes,
        ),
        supported_usages=["prompt", "auto"] if len(document.text) <= MOST_PROMPT_CHARS else ["auto"],
        url=document.url,
        filename=document.filename,
    )


def document_listed(document: KnowledgeDocument, agents: Sequence[DependentAgent]) -> DocumentListed:
    """A document as one of a list."""
    return DocumentListed(
        **document_shown(document).model_dump(), dependent_agents=[dependent(agent) for agent in agents]
    )


def document_detail(document: KnowledgeDocument) -> DocumentDetail:
    """A document with its text."""
    return DocumentDetail(**document_shown(document).model_dump(), extracted_inner_html=document.text)


def document_summary(document: KnowledgeDocument, agents: Sequence[DependentAgent]) -> DocumentSummary:
    """A document as one of several that were asked for."""
    return DocumentSummary(status="success", data=document_listed(document, agents))


def missing_summary(error: NotFoundError) -> DocumentSummary:
    """What stands for a document that is not there."""
    return DocumentSummary(status="failure", error_code=404, error_status=error.code, error_message=error.message)


def document_match(found: FoundDocument) -> DocumentMatch:
    """A document in which something was found."""
    return DocumentMatch(
        document=document_listed(found.listed.document, found.listed.agents),
        search_snippet=[HighlightSegment(value=part.text, is_hit=part.is_hit) for part in found.passage],
        score=found.score,
    )


def dependent(agent: DependentAgent) -> Dependent:
    """An agent that answers from a document."""
    return Dependent(
        id=agent.agent_id, name=agent.name, created_at_unix_secs=math.floor(agent.created_at.timestamp())
    )


def chunk_shown(embedded: EmbeddedChunk) -> ChunkShown:
    """One chunk."""
    chunk = embedded.chunk
    return ChunkShown(
        id=chunk.chunk_id, name=chunk.title, content=chunk.text, position=chunk.position, page=chunk.page
    )


def index_id(embedding_model: str) -> str:
    """How an index is called in paths, in which a model's name could not stand."""
    return f"ragidx_{hashlib.sha256(embedding_model.encode()).hexdigest()[:16]}"


def index_shown(
    model: str, stored: ModelIndex | None, *, progress: float | None = None, failure: str | None = None
) -> RagIndex:
    """What is stored for a model, or how far that is.

    Args:
        model: The model.
        stored: What there is; None for nothing yet.
        progress: 0 to 100 while it is being made.
        failure: The code of the error that ended the last attempt.
    """
    done = stored is not None and progress is None
    status = "succeeded" if done else "processing" if progress is not None else "failed" if failure else "created"
    return RagIndex(
        id=index_id(model),
        model=model,
        status=status,
        progress_percentage=100.0 if done else round(progress or 0.0, 1),
        document_model_index_usage=IndexUsage(used_bytes=stored.used_bytes if stored else 0),
        failure=None if done else failure,
    )


def query_answer(result: RetrievalResult) -> QueryAnswer:
    """What a call would be given."""
    return QueryAnswer(
        chunks=[
            QueryChunk(
                document_id=snippet.document_id,
                chunk_id=snippet.chunk_id,
                content=snippet.text,
                similarity=snippet.similarity,
                title=snippet.title,
                vector_distance=snippet.vector_distance,
            )
            for snippet in result.snippets
        ],
        answerable=result.answerable,
        similarity=result.similarity,
        query=result.query,
        latency_ms=round(result.latency_ms, 2),
        timed_out=result.timed_out,
    )
