"""Finding documents over REST: by what is in them, or several at once, below `/v1/convai/knowledge-base`."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import AfterValidator, StringConstraints

from api.dependencies import CursorText, Me, PageSize, QueryText, State, storable_text
from api.errors import error_responses
from api.knowledge.document_lookup import ContentQuery, DocumentLookup
from api.knowledge.responses import document_match, document_summary, missing_summary
from api.schemas.knowledge import DocumentMatches, DocumentSummary
from config.errors import NotFoundError
from data.knowledge_records import DocumentType
from data.pagination import DEFAULT_PAGE_SIZE

router = APIRouter(
    prefix="/v1/convai/knowledge-base", tags=["Knowledge"], responses=error_responses(400, 401, 403, 429)
)
_IdText = Annotated[str, StringConstraints(max_length=128), AfterValidator(storable_text)]


async def _lookup(state: State, me: Me) -> DocumentLookup:
    return DocumentLookup(state.database, me.workspace_id)


Lookup = Annotated[DocumentLookup, Depends(_lookup)]


@router.get("/search", summary="Search in documents")
async def search_documents(
    lookup: Lookup,
    query: Annotated[QueryText, Query(description="Words, in any form and order; the first 8 count.")],
    page_size: PageSize = DEFAULT_PAGE_SIZE,
    types: Annotated[list[DocumentType], Query(description="Only these.")] = [],  # noqa: B006
    cursor: CursorText = None,
) -> DocumentMatches:
    """The documents that have any of the words, the best first; what a call would be given, `…/query` shows.

    A word that is in no document is looked for with one letter wrong.
    """
    page = await lookup.search(ContentQuery(query, tuple(types), cursor, page_size))
    return DocumentMatches(
        results=[document_match(found) for found in page.items],
        has_more=page.has_more,
        next_cursor=page.next_cursor,
    )


@router.get("/summaries", summary="Get several documents")
async def get_document_summaries(
    lookup: Lookup,
    document_ids: Annotated[
        list[_IdText], Query(max_length=100, description="`doc_…`; the parameter is repeated for each.")
    ] = [],  # noqa: B006
) -> dict[str, DocumentSummary]:
    """By id: the document without its text, or why it is not there."""
    found = await lookup.several(document_ids)
    missing = missing_summary(NotFoundError("There is no such document.", code="document_not_found"))
    return {
        one: document_summary(found[one].document, found[one].agents) if one in found else missing
        for one in document_ids
    }
