"""Agents over REST: `/v1/convai/agents`."""

from typing import Annotated

from fastapi import APIRouter, Body, Depends, Query, Response
from fastapi.exceptions import RequestValidationError

from api.agent_responses import agent_summary, is_archived
from api.agent_service import AgentService
from api.auth import WRITES
from api.dependencies import AgentId, CursorText, IfMatch, Me, PageSize, QueryText, State, Trail
from api.errors import error_responses
from api.etags import etag
from api.knowledge.work import knowledge_of
from api.schemas.agents import AgentBody, AgentCreated, AgentDetail, AgentPage, DuplicateBody
from api.schemas.common import Nothing
from data.pagination import DEFAULT_PAGE_SIZE, SortDirection
from data.queries import AgentQuery, AgentSort
from data.repositories.agent import AgentRepository

router = APIRouter(prefix="/v1/convai/agents", tags=["Agents"], responses=error_responses(400, 401, 403, 429))


async def _agent_service(state: State, trail: Trail) -> AgentService:
    return AgentService(state.database, state.settings, trail, knowledge_of(state))


Agents = Annotated[AgentService, Depends(_agent_service)]


@router.post("", summary="Create an agent, and see it whole", dependencies=[WRITES])
async def create_agent(body: AgentBody, agents: Agents, response: Response) -> AgentDetail:
    """Takes flat fields (`name` and `system_prompt` are needed) or nested sections, or both."""
    if body.conversation_config is None:
        _require(body, "name", "system_prompt")
    agent = await agents.create(body.given())
    response.headers["ETag"] = etag(agent.updated_at)
    return agents.shown(agent)


@router.post("/create", summary="Create an agent", dependencies=[WRITES])
async def create_agent_from_sections(body: AgentBody, agents: Agents) -> AgentCreated:
    """Takes nested sections (`conversation_config` is needed, and may be empty) or flat fields, or both."""
    if body.conversation_config is None:
        flat = {"name", "system_prompt"} & body.model_fields_set
        _require(body, *(("name", "system_prompt") if flat else ("conversation_config",)))
    return AgentCreated(agent_id=(await agents.create(body.given())).agent_id)


@router.get("", summary="List agents")
async def list_agents(
    state: State,
    me: Me,
    page_size: PageSize = DEFAULT_PAGE_SIZE,
    cursor: CursorText = None,
    search: Annotated[QueryText | None, Query(description="Part of the name, in any case.")] = None,
    archived: Annotated[
        bool | None, Query(description="Only archived ones, or only others; pages may then be shorter.")
    ] = None,
    tags: Annotated[list[QueryText], Query(description="Agents with at least one of these.")] = [],  # noqa: B006
    sort_by: Annotated[AgentSort, Query(description="What the order goes by.")] = AgentSort.CREATED_AT,
    sort_direction: Annotated[
        SortDirection, Query(description="`desc`: newest, or last of the alphabet, first.")
    ] = SortDirection.DESCENDING,
) -> AgentPage:
    """Newest first, unless asked otherwise."""
    query = AgentQuery(
        search=search,
        tags=tuple(tags),
        sort_by=sort_by,
        direction=sort_direction,
        cursor=cursor,
        page_size=page_size,
    )
    async with state.database.read() as session:
        page = await AgentRepository(session).list(me.workspace_id, query)
    shown = [agent for agent in page.items if archived is None or is_archived(agent) is archived]
    return AgentPage(
        agents=[agent_summary(agent) for agent in shown],
        has_more=page.has_more,
        next_cursor=page.next_cursor,
    )


@router.get("/{agent_id}", summary="Get an agent", responses=error_responses(404))
async def get_agent(agent_id: AgentId, agents: Agents, response: Response) -> AgentDetail:
    """Both views in one body; the `ETag` header names this version of it."""
    shown = await agents.detail(agent_id)
    response.headers["ETag"] = etag(shown.updated_at)
    return shown


@router.patch("/{agent_id}", summary="Change an agent", dependencies=[WRITES], responses=error_responses(404, 412))
async def update_agent(
    agent_id: AgentId, body: AgentBody, agents: Agents, response: Response, if_match: IfMatch = None
) -> AgentDetail:
    """Only what is sent changes, in either view.

    Objects merge, lists are replaced, null clears. A value equal to the stored one counts as not sent, so the
    body of a GET with one field changed is a valid body here. Read-only keys are ignored.
    """
    await agents.update(agent_id, body.given(), if_match=if_match)
    shown = await agents.detail(agent_id)
    response.headers["ETag"] = etag(shown.updated_at)
    return shown


@router.delete(
    "/{agent_id}", summary="Delete an agent", dependencies=[WRITES], responses=error_responses(404, 412)
)
async def delete_agent(agent_id: AgentId, agents: Agents, if_match: IfMatch = None) -> Nothing:
    """Its conversations stay; its telephone numbers are left with nobody to answer."""
    await agents.delete(agent_id, if_match=if_match)
    return Nothing()


@router.post(
    "/{agent_id}/duplicate", summary="Copy an agent", dependencies=[WRITES], responses=error_responses(404)
)
async def duplicate_agent(
    agent_id: AgentId, agents: Agents, body: Annotated[DuplicateBody | None, Body()] = None
) -> AgentCreated:
    """The copy has everything but the telephone numbers."""
    copy = await agents.duplicate(agent_id, name=body.name if body else None)
    return AgentCreated(agent_id=copy.agent_id)


def _require(body: AgentBody, *names: str) -> None:
    missing = [name for name in names if getattr(body, name) is None]
    if missing:
        raise RequestValidationError(
            [
                {"type": "missing", "loc": ("body", name), "msg": "Field required", "input": None}
                for name in missing
            ]
        )
