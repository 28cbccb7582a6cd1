"""Conversations over REST: `/v1/convai/conversations`; every id may also be Twilio's CallSid."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request

from api.auth import WRITES
from api.conversation_views import detail, stored_status, summary
from api.dependencies import ConversationId, CursorText, Me, PageSize, QueryText, State, Trail
from api.errors import error_responses
from api.schemas.common import Nothing
from api.schemas.conversations import ConversationDetail, ConversationPage, StatusWord
from config.errors import InvalidInputError
from config.setting_groups import StatusWords
from data.audit import AuditAction, AuditTarget
from data.pagination import DEFAULT_PAGE_SIZE, SortDirection
from data.queries import ConversationQuery
from data.repositories.conversation import ConversationRepository

router = APIRouter(
    prefix="/v1/convai/conversations",
    tags=["Conversations"],
    responses=error_responses(400, 401, 403, 429),
)

_MAX_UNIX_SECS = 253_402_300_799  # the last second of the year 9999, where `datetime` ends
_UNSUPPORTED_FILTERS = frozenset(
    {
        "user_id",
        "evaluation_params",
        "data_collection_params",
        "dynamic_variable_params",
        "data_collection_filter",
        "dynamic_variable_filter",
        "data_collection_ids",
        "evaluation_criteria_ids",
        "tool_names",
        "tool_names_successful",
        "tool_names_errored",
        "tool_ids",
        "tool_ids_successful",
        "tool_ids_errored",
        "main_languages",
        "rating_min",
        "rating_max",
        "has_feedback_comment",
        "conversation_initiation_source",
        "text_only",
        "topic_ids",
        "tag_ids",
        "termination_reasons",
        "visited_agent_ids",
        "parent_conversation_id",
    }
)

Seconds = Annotated[int, Query(ge=0, le=1_000_000_000)]
UnixTime = Annotated[int, Query(ge=0, le=_MAX_UNIX_SECS)]
Statuses = Annotated[list[StatusWord], Query(description="`completed` and `done` mean the same.")]


async def _status_words(
    state: State,
    status_words: Annotated[
        StatusWords | None,
        Query(description="Word for a finished conversation: `sdr` says completed, `elevenlabs` says done."),
    ] = None,
) -> StatusWords:
    return status_words or state.settings.conversation_status_words


async def _refuse_unsupported_filters(request: Request) -> None:
    """A filter that were ignored would list, and let be deleted, what the client excluded."""
    for name in request.query_params:
        if name in _UNSUPPORTED_FILTERS:
            raise InvalidInputError(
                f"Conversations cannot be filtered by {name} in this version.",
                param=name,
                code="unsupported_filter",
            )


Words = Annotated[StatusWords, Depends(_status_words)]


@router.get("", summary="List conversations", dependencies=[Depends(_refuse_unsupported_filters)])
async def list_conversations(
    state: State,
    me: Me,
    words: Words,
    page_size: PageSize = DEFAULT_PAGE_SIZE,
    cursor: CursorText = None,
    agent_id: Annotated[QueryText | None, Query(description="Only this agent's.")] = None,
    status: Statuses = [],  # noqa: B006
    exclude_statuses: Statuses = [],  # noqa: B006
    call_start_after_unix: Annotated[UnixTime | None, Query(description="Began then or later.")] = None,
    call_start_before_unix: Annotated[UnixTime | None, Query(description="Began then or earlier.")] = None,
    call_duration_min_secs: Annotated[Seconds | None, Query(description="Lasted as long or longer.")] = None,
    call_duration_max_secs: Annotated[Seconds | None, Query(description="Lasted as long or shorter.")] = None,
    call_successful: Annotated[
        Literal["success", "failure", "unknown"] | None,
        Query(description="Conversations are not evaluated by this version: all are `unknown`."),
    ] = None,
    search: Annotated[QueryText | None, Query(description="Part of the transcript, in any case.")] = None,
    phone_number_ids: Annotated[list[QueryText], Query(description="Came in on one of these.")] = [],  # noqa: B006
    summary_mode: Annotated[
        Literal["exclude", "include"], Query(description="Accepted; there are no summaries yet.")
    ] = "exclude",
    sort_direction: Annotated[
        SortDirection, Query(description="By the time they began.")
    ] = SortDirection.DESCENDING,
) -> ConversationPage:
    """Newest first, unless asked otherwise. All conditions have to hold."""
    del summary_mode
    if call_successful in ("success", "failure"):
        return ConversationPage(conversations=[], has_more=False, next_cursor=None)
    query = ConversationQuery(
        agent_id=agent_id,
        statuses=tuple(stored_status(word) for word in status),
        exclude_statuses=tuple(stored_status(word) for word in exclude_statuses),
        call_start_after=_moment(call_start_after_unix),
        call_start_before=_moment(call_start_before_unix),
        duration_min_secs=call_duration_min_secs,
        duration_max_secs=call_duration_max_secs,
        search=search,
        phone_number_ids=tuple(phone_number_ids),
        direction=sort_direction,
        cursor=cursor,
        page_size=page_size,
    )
    async with state.database.read() as session:
        page = await ConversationRepository(session).list(me.workspace_id, query)
    return ConversationPage(
        conversations=[summary(record, words) for record in page.items],
        has_more=page.has_more,
        next_cursor=page.next_cursor,
    )


@router.get("/{conversation_id}", summary="Get a conversation", responses=error_responses(404))
async def get_conversation(
    conversation_id: ConversationId, state: State, me: Me, words: Words
) -> ConversationDetail:
    """With every finished turn; of a running call, those so far."""
    async with state.database.read() as session:
        record = await ConversationRepository(session).get(me.workspace_id, conversation_id)
    return detail(record, words)


@router.delete(
    "/{conversation_id}",
    summary="Delete a conversation",
    dependencies=[WRITES],
    responses=error_responses(404),
)
async def delete_conversation(conversation_id: ConversationId, state: State, trail: Trail) -> Nothing:
    """The conversation and its transcript are gone for good."""
    async with state.database.session() as session:
        conversations = ConversationRepository(session)
        # The path may have a CallSid; the log has our own id.
        stored = await conversations.get(trail.workspace_id, conversation_id, with_turns=False)
        await conversations.delete(trail.workspace_id, stored.conversation_id)
        await trail.note(
            session, AuditAction.CONVERSATION_DELETED, AuditTarget.CONVERSATION, stored.conversation_id
        )
    return Nothing()


def _moment(unix_secs: int | None) -> datetime | None:
    return None if unix_secs is None else datetime.fromtimestamp(unix_secs, UTC)
