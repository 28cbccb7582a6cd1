"""Latency of one call over REST: `/v1/convai/latency/{call_sid}`."""

from typing import Annotated

from fastapi import APIRouter, Path

from api.dependencies import Me, State, plausible_conversation_id
from api.errors import error_responses
from api.latency_report import latency_report
from api.schemas.latency import LatencyReport
from data.repositories.conversation import ConversationRepository

router = APIRouter(
    prefix="/v1/convai/latency",
    tags=["Conversations"],
    responses=error_responses(400, 401, 403, 404, 429),
)


@router.get("/{call_sid}", summary="Where the time of a call went")
async def get_latency(
    call_sid: Annotated[str, Path(description="Twilio's CallSid `CA…`, or the conversation's `conv_…`.")],
    state: State,
    me: Me,
) -> LatencyReport:
    """Every measured turn by stage, and percentiles over the call; of a running call, the turns so far."""
    async with state.database.read() as session:
        record = await ConversationRepository(session).get(me.workspace_id, plausible_conversation_id(call_sid))
    return latency_report(record)
