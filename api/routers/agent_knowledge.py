"""What one agent knows, over REST: add a text, ask as a call would, see how much it is."""

import math
from dataclasses import replace

from fastapi import APIRouter

from api.auth import WRITES
from api.dependencies import AgentId, Me, State, Trail
from api.errors import error_responses
from api.knowledge.document_service import DocumentService
from api.knowledge.index_service import IndexService
from api.knowledge.responses import query_answer
from api.knowledge.work import required_knowledge
from api.schemas.knowledge import AgentDocumentBody, AgentDocumentCreated, KnowledgeSize, QueryAnswer, QueryBody
from bot.agent_documents import retrieval_options
from data.repositories.agent import AgentRepository
from data.repositories.knowledge import KnowledgeRepository

router = APIRouter(prefix="/v1/convai", tags=["Knowledge"], responses=error_responses(400, 401, 403, 404, 429))

_CHARACTERS_PER_PAGE = 3_000
_NAME_KEYS = ("name", "title", "source")


@router.post("/agents/{agent_id}/knowledge-base", summary="Add a text to an agent", dependencies=[WRITES])
async def add_agent_document(
    agent_id: AgentId, body: AgentDocumentBody, state: State, trail: Trail
) -> AgentDocumentCreated:
    """The agent answers from it when `status` is `succeeded`; for long texts that may come later."""
    work = required_knowledge(state)
    named = (str(body.kb_metadata[key])[:500] for key in _NAME_KEYS if body.kb_metadata.get(key))
    documents = DocumentService(state.database, work, trail)
    document = await documents.add_text(body.content, next(named, None), agent_id)
    indexes = IndexService(state.database, work, trail.workspace_id)
    return AgentDocumentCreated(
        id=document.document_id,
        document_id=document.document_id,
        name=document.name,
        agent_id=agent_id,
        chunk_count=await indexes.chunk_count(document.document_id),
        status=(await indexes.own(document.document_id)).status,
    )


@router.post("/agents/{agent_id}/knowledge-base/query", summary="Ask an agent's documents")
async def query_agent_documents(agent_id: AgentId, body: QueryBody, state: State, me: Me) -> QueryAnswer:
    """Exactly what a call would be given for a question, with the agent's own settings and within its deadline."""
    work = required_knowledge(state)
    async with state.database.read() as session:
        agent = await AgentRepository(session).get(me.workspace_id, agent_id)
    options = retrieval_options(agent)
    if body.top_k is not None:
        options = replace(options, top_k=body.top_k)
    result = await work.knowledge.retriever.retrieve(
        agent_id, body.text, options, previous=body.previous_user_text
    )
    return query_answer(result)


@router.get("/agent/{agent_id}/knowledge-base/size", summary="Show how much an agent knows")
async def get_agent_knowledge_size(agent_id: AgentId, state: State, me: Me) -> KnowledgeSize:
    """In pages of 3,000 characters."""
    async with state.database.read() as session:
        documents = await KnowledgeRepository(session).documents_for_agent(me.workspace_id, agent_id)
    pages = sum(max(1, math.ceil(len(document.text) / _CHARACTERS_PER_PAGE)) for document in documents)
    return KnowledgeSize(number_of_pages=pages)
