"""Whether the server works: `/health`, `/health/live`, `/health/ready`. Open to everyone, and quick."""

from fastapi import APIRouter, Response

from api.dependencies import State
from api.health_checks import HealthStatus
from api.health_monitor import worst
from api.schemas.health import Alive, CheckBody, HealthBody, Readiness

router = APIRouter(prefix="/health", tags=["Health"])


@router.get(
    "",
    summary="Health of the server and of what it depends on",
    response_model_exclude_none=True,
    responses={503: {"model": HealthBody, "description": "Unhealthy: calls cannot be answered and stored."}},
)
async def get_health(state: State, response: Response) -> HealthBody:
    """`degraded` is still 200: calls are answered, but worse than they should be. At most seconds old."""
    results = await state.health.check()
    status = worst(results)
    if status is HealthStatus.UNHEALTHY:
        response.status_code = 503
    checks = {
        name: CheckBody(status=result.status.value, reason=result.reason, count=result.count)
        for name, result in results.items()
    }
    return HealthBody(status=status.value, checks=checks)


@router.get("/live", summary="Whether the process answers")
async def get_liveness() -> Alive:
    """If this fails, restart it."""
    return Alive()


@router.get(
    "/ready",
    summary="Whether new calls should come here",
    response_model_exclude_none=True,
    responses={503: {"model": Readiness, "description": "Send new calls to another process."}},
)
async def get_readiness(state: State, response: Response) -> Readiness:
    """503 while the process is full, draining, takes no calls at all, or has lost its database."""
    reason = None
    if not state.runtime.calls.accepting:
        reason = "no new calls are taken"
    elif worst(await state.health.check()) is HealthStatus.UNHEALTHY:
        reason = "unhealthy; see /health"
    if reason is not None:
        response.status_code = 503
    return Readiness(ready=reason is None, reason=reason)
