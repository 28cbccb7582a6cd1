"""What documents are made of, over REST: content, chunks and indexes below `/v1/convai/knowledge-base`."""

from typing import Annotated

from fastapi import APIRouter, Body, Depends, Path, Query
from fastapi.responses import PlainTextResponse

from api.auth import WRITES
from api.dependencies import ChunkId, CursorText, DocumentId, Me, PageSize, State
from api.errors import error_responses
from api.knowledge.index_service import IndexService
from api.knowledge.work import required_knowledge
from api.schemas.knowledge import (
    ChunkPage,
    ChunkShown,
    RagIndex,
    RagIndexes,
    RagOverview,
    RagRequest,
    RagRequestDone,
    RagRequests,
)
from config.errors import NotFoundError
from data.pagination import DEFAULT_PAGE_SIZE
from data.repositories.knowledge import KnowledgeRepository

router = APIRouter(
    prefix="/v1/convai/knowledge-base", tags=["Knowledge"], responses=error_responses(400, 401, 403, 429)
)


async def _index_service(state: State, me: Me) -> IndexService:
    return IndexService(state.database, required_knowledge(state), me.workspace_id)


Indexes = Annotated[IndexService, Depends(_index_service)]


@router.get("/rag-index", summary="Show what all indexes take")
async def get_rag_overview(indexes: Indexes) -> RagOverview:
    """Bytes of vectors, by embedding model."""
    return await indexes.overview()


@router.post("/rag-index", summary="Index several documents", dependencies=[WRITES])
async def compute_rag_indexes(body: RagRequests, indexes: Indexes) -> dict[str, RagRequestDone]:
    """By document: its index, or why there is none."""
    done: dict[str, RagRequestDone] = {}
    for item in body.items:
        try:
            make = indexes.make if item.create_if_missing else indexes.own
            index = await make(item.document_id)
            done[item.document_id] = RagRequestDone(status="success", data=index)
        except NotFoundError as error:
            done[item.document_id] = RagRequestDone(
                status="failure", error_code=404, error_status=error.code, error_message=error.message
            )
    return done


@router.get(
    "/{document_id}/content",
    summary="Get a document's text",
    response_class=PlainTextResponse,
    responses=error_responses(404),
)
async def get_document_content(document_id: DocumentId, state: State, me: Me) -> PlainTextResponse:
    """The text alone, as Markdown."""
    async with state.database.read() as session:
        document = await KnowledgeRepository(session).get(me.workspace_id, document_id)
    # What came as HTML is never sent as such: it would run in the browser of whoever looks at it.
    return PlainTextResponse(document.text, headers={"x-content-type-options": "nosniff"})


@router.get("/{document_id}/chunks", summary="List a document's chunks", responses=error_responses(404))
async def list_chunks(
    document_id: DocumentId,
    indexes: Indexes,
    page_size: PageSize = DEFAULT_PAGE_SIZE,
    cursor: CursorText = None,
    embedding_model: Annotated[
        str | None, Query(description="Accepted and without effect: chunks are the same for every model.")
    ] = None,
) -> ChunkPage:
    """In their order."""
    del embedding_model
    return await indexes.chunks(document_id, cursor=cursor, page_size=page_size)


@router.get("/{document_id}/chunk/{chunk_id}", summary="Get a chunk", responses=error_responses(404))
async def get_chunk(document_id: DocumentId, chunk_id: ChunkId, indexes: Indexes) -> ChunkShown:
    """One chunk of a document."""
    return await indexes.chunk(document_id, chunk_id)


@router.post(
    "/{document_id}/rag-index",
    summary="Index a document",
    dependencies=[WRITES],
    responses=error_responses(404),
)
async def compute_rag_index(
    document_id: DocumentId, indexes: Indexes, body: Annotated[RagRequest | None, Body()] = None
) -> RagIndex:
    """With the server's own model, whatever is named; that happens by itself when a document is added."""
    del body
    return await indexes.make(document_id)


@router.get("/{document_id}/rag-index", summary="Show a document's indexes", responses=error_responses(404))
async def get_rag_indexes(document_id: DocumentId, indexes: Indexes) -> RagIndexes:
    """One for each embedding model; that of the server's own says how far it is."""
    return RagIndexes(indexes=await indexes.indexes(document_id))


@router.delete(
    "/{document_id}/rag-index/{rag_index_id}",
    summary="Drop a document's index",
    dependencies=[WRITES],
    responses=error_responses(404),
)
async def delete_rag_index(
    document_id: DocumentId,
    rag_index_id: Annotated[str, Path(description="`ragidx_…`, as the list shows it.")],
    indexes: Indexes,
) -> RagIndex:
    """Questions no longer find the document, until its index is asked for or the server starts anew."""
    return await indexes.remove(document_id, rag_index_id)
