"""What the app holds while it runs. There are no globals: routes get it by dependency."""

from dataclasses import dataclass

from starlette.requests import HTTPConnection

from api.access import AccessControl
from api.health_monitor import HealthMonitor
from api.http_metrics import HttpMetrics
from api.live_calls import Runtime
from config.settings import Settings
from data.database import Database


@dataclass(frozen=True, slots=True)
class AppState:
    """Everything that routes may need.

    Attributes:
        settings: Read once at the start.
        database: Open, with its tables up to date.
        access: Lets REST clients in.
        runtime: The call side.
        health: Its checks are the server's.
        metrics: Its registry is what `/metrics` shows.
    """

    settings: Settings
    database: Database
    access: AccessControl
    runtime: Runtime
    health: HealthMonitor
    metrics: HttpMetrics


def app_state(connection: HTTPConnection) -> AppState:
    """The state of the app that serves this request or WebSocket.

    Raises:
        RuntimeError: The app is not running (its lifespan has not begun).
    """
    state = getattr(connection.app.state, "services", None)
    if not isinstance(state, AppState):
        raise RuntimeError("the app serves requests before its lifespan has begun")
    return state


async def current_state(connection: HTTPConnection) -> AppState:
    """`app_state` as a dependency. A coroutine, because FastAPI runs plain functions on another thread."""
    return app_state(connection)
