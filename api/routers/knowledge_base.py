"""Documents over REST: `/v1/convai/knowledge-base`."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from api.auth import WRITES
from api.dependencies import CursorText, DocumentId, PageSize, QueryText, State, Trail
from api.errors import error_responses
from api.knowledge.document_renewal import DocumentRenewal
from api.knowledge.document_service import DocumentService
from api.knowledge.responses import dependent, document_detail, document_listed
from api.knowledge.upload import received_form
from api.knowledge.upload_forms import FILE_FORM, REPLACEMENT_FORM, SOURCE_FORM
from api.knowledge.work import required_knowledge
from api.schemas.common import Nothing
from api.schemas.knowledge import (
    DependentPage,
    DocumentCreated,
    DocumentDetail,
    DocumentPage,
    DocumentPatch,
    TextBody,
    UrlBody,
)
from data.knowledge_records import DocumentQuery, DocumentType, KnowledgeDocument
from data.pagination import DEFAULT_PAGE_SIZE

router = APIRouter(
    prefix="/v1/convai/knowledge-base", tags=["Knowledge"], responses=error_responses(400, 401, 403, 429)
)


async def _document_service(state: State, trail: Trail) -> DocumentService:
    return DocumentService(state.database, required_knowledge(state), trail)


Documents = Annotated[DocumentService, Depends(_document_service)]


async def _document_renewal(state: State, trail: Trail) -> DocumentRenewal:
    return DocumentRenewal(state.database, required_knowledge(state), trail)


Renewal = Annotated[DocumentRenewal, Depends(_document_renewal)]


@router.post("/text", summary="Add a text", dependencies=[WRITES], responses=error_responses(404))
async def create_document_from_text(body: TextBody, documents: Documents) -> DocumentCreated:
    """The same text twice is one document. Agents answer from it once it is in their `knowledge_base`."""
    return _created(await documents.add_text(body.text, body.name, body.agent_id))


@router.post("/url", summary="Add a page of the web", dependencies=[WRITES], responses=error_responses(404))
async def create_document_from_url(body: UrlBody, documents: Documents) -> DocumentCreated:
    """HTML, PDF or text; fetched now, and again only by `…/refresh`. Private addresses are refused."""
    return _created(await documents.add_url(body.url, body.name, body.agent_id))


@router.post(
    "/file",
    summary="Add a file",
    dependencies=[WRITES],
    responses=error_responses(404),
    openapi_extra=FILE_FORM,
)
async def create_document_from_file(request: Request, state: State, documents: Documents) -> DocumentCreated:
    """PDF, Word (DOCX), Excel (XLSX), HTML, Markdown, text, CSV or JSON; at most `MAX_DOCUMENT_MB`."""
    async with received_form(request, required_knowledge(state).intake.max_bytes) as form:
        return _created(await documents.add_file(form.required_file(), form.name, form.agent_id))


@router.post(
    "",
    summary="Add a file or a page of the web",
    dependencies=[WRITES],
    responses=error_responses(404),
    openapi_extra=SOURCE_FORM,
)
async def create_document(
    request: Request,
    state: State,
    documents: Documents,
    agent_id: Annotated[QueryText | None, Query(description="An agent that shall answer from it.")] = None,
) -> DocumentCreated:
    """One form for both, as older clients send it; `…/file` and `…/url` are the same in two."""
    async with received_form(request, required_knowledge(state).intake.max_bytes) as form:
        source = form.required_source()
        owner = agent_id or form.agent_id
        if isinstance(source, str):
            return _created(await documents.add_url(source, form.name, owner))
        return _created(await documents.add_file(source, form.name, owner))


@router.get("", summary="List documents")
async def list_documents(
    documents: Documents,
    page_size: PageSize = DEFAULT_PAGE_SIZE,
    cursor: CursorText = None,
    search: Annotated[QueryText | None, Query(description="Part of the name, in any case.")] = None,
    types: Annotated[list[DocumentType], Query(description="Only these.")] = [],  # noqa: B006
) -> DocumentPage:
    """Newest first."""
    page = await documents.list(
        DocumentQuery(search=search, types=tuple(types), cursor=cursor, page_size=page_size)
    )
    return DocumentPage(
        documents=[document_listed(item.document, item.agents) for item in page.items],
        has_more=page.has_more,
        next_cursor=page.next_cursor,
    )


@router.get("/{document_id}", summary="Get a document", responses=error_responses(404))
async def get_document(document_id: DocumentId, documents: Documents) -> DocumentDetail:
    """With the text that was taken out of it."""
    return document_detail(await documents.get(document_id))


@router.patch("/{document_id}", summary="Change a document", dependencies=[WRITES], responses=error_responses(404))
async def update_document(document_id: DocumentId, body: DocumentPatch, documents: Documents) -> DocumentDetail:
    """Another name, another text, or both. Questions find the old text until all of the new one is there."""
    return document_detail(await documents.change(document_id, body.name, body.content))


@router.post(
    "/{document_id}/refresh",
    summary="Fetch a document's page again",
    dependencies=[WRITES],
    responses=error_responses(404),
)
async def refresh_document(document_id: DocumentId, renewal: Renewal) -> DocumentDetail:
    """What the page says now takes the place of what it said; the document's name stays.

    Questions find the old text until all of the new one is there. If the page is away or cannot be read any more
    (400), the document stays as it is.
    """
    return document_detail(await renewal.refresh(document_id))


@router.patch(
    "/{document_id}/update-file",
    summary="Replace a document's file",
    dependencies=[WRITES],
    responses=error_responses(404),
    openapi_extra=REPLACEMENT_FORM,
)
async def update_document_file(
    document_id: DocumentId, request: Request, state: State, renewal: Renewal
) -> DocumentDetail:
    """Text, name and size become those of the new file; questions find the old text until all of it is there."""
    await renewal.require_file(document_id)
    async with received_form(request, required_knowledge(state).intake.max_bytes) as form:
        return document_detail(await renewal.replace_file(document_id, form.required_file(), form.name))


@router.delete(
    "/{document_id}", summary="Delete a document", dependencies=[WRITES], responses=error_responses(404)
)
async def delete_document(
    document_id: DocumentId,
    documents: Documents,
    force: Annotated[bool, Query(description="Also take it off the agents that answer from it.")] = False,
) -> Nothing:
    """While agents answer from it: 400, unless forced. Calls find it no more from their next question on."""
    await documents.delete(document_id, force=force)
    return Nothing()


@router.get("/{document_id}/dependent-agents", summary="List a document's agents", responses=error_responses(404))
async def list_dependent_agents(document_id: DocumentId, documents: Documents) -> DependentPage:
    """The agents that answer from it, on one page."""
    agents = [dependent(agent) for agent in await documents.dependents(document_id)]
    return DependentPage(agents=agents, has_more=False, next_cursor=None)


def _created(document: KnowledgeDocument) -> DocumentCreated:
    return DocumentCreated(id=document.document_id, name=document.name)
