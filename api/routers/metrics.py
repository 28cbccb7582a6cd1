"""Prometheus metrics: `GET /metrics`. Open on the machine itself, with a key from elsewhere."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from api.auth import api_key_header, authenticated, is_local
from api.dependencies import State
from api.errors import error_responses

router = APIRouter(tags=["Health"], responses=error_responses(401, 403, 429))


async def _local_or_authenticated(
    request: Request, state: State, key: Annotated[str | None, Depends(api_key_header)]
) -> None:
    if not is_local(request):
        await authenticated(request, state, key)


@router.get(
    "/metrics",
    summary="Prometheus metrics",
    response_class=PlainTextResponse,
    dependencies=[Depends(_local_or_authenticated)],
)
async def get_metrics(state: State) -> Response:
    """In Prometheus' text format."""
    return Response(generate_latest(state.metrics.registry), media_type=CONTENT_TYPE_LATEST)
