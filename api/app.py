"""The HTTP app: what it is made of, and what it opens and closes."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import httpx
from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

from api.access import AccessControl
from api.errors import install_error_handlers
from api.health_monitor import HealthMonitor
from api.http_metrics import HttpMetrics
from api.key_use import KeyUseWriter
from api.key_verifier import KeyVerifier
from api.live_calls import NoRuntime, Runtime, RuntimeOpener
from api.media_stream import router as media_stream_router
from api.openapi import create_documented_app
from api.request_context import RequestContextMiddleware
from api.routers import (
    agent_knowledge,
    agents,
    api_keys,
    audit_log,
    conversations,
    health,
    knowledge_base,
    knowledge_index,
    knowledge_lookup,
    latency,
    metrics,
    workspaces,
)
from api.state import AppState
from api.vendor_checks import CRITICAL_CHECKS, REQUEST_TIMEOUT_SECONDS, standard_checks
from api.voice import router as voice_router
from config.settings import Settings
from data.audit_retention import AuditRetention
from data.database import Database

_ROUTERS = (
    agents,
    agent_knowledge,
    # Before the documents, whose ids would take its literal paths for themselves.
    knowledge_index,
    knowledge_lookup,
    knowledge_base,
    conversations,
    latency,
    api_keys,
    audit_log,
    workspaces,
    health,
    metrics,
)


def create_app(
    settings: Settings, *, runtime: Runtime | None = None, open_runtime: RuntimeOpener | None = None
) -> FastAPI:
    """Make the app; nothing is opened before its lifespan begins.

    Args:
        settings: Read once, by whoever starts the process.
        runtime: A call side that somebody else starts and closes.
        open_runtime: Starts the call side within the lifespan, once the database is open. Without either, the
            process serves REST and takes no calls.

    Raises:
        ValueError: Both `runtime` and `open_runtime` were given.
    """
    if runtime is not None and open_runtime is not None:
        raise ValueError("give a running call side or a way to open one, not both")
    http_metrics = HttpMetrics()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            database = Database(settings.database_url)
            stack.push_async_callback(database.close)
            await database.upgrade()
            calls_side = runtime or NoRuntime()
            if open_runtime is not None:
                calls_side = await stack.enter_async_context(open_runtime(settings, database))
            client = await stack.enter_async_context(httpx.AsyncClient(timeout=REQUEST_TIMEOUT_SECONDS))
            uses = KeyUseWriter(database)
            uses.start()
            stack.push_async_callback(uses.close)
            retention = AuditRetention(database, settings.audit_retention_days)
            retention.start()
            stack.push_async_callback(retention.close)
            access = AccessControl(
                KeyVerifier(settings.api_keys, database, uses),
                requests_per_minute=settings.rate_limit_per_minute,
            )
            app.state.services = _state(settings, database, access, calls_side, http_metrics, client)
            yield

    app = create_documented_app(lifespan)
    install_error_handlers(app)
    for module in _ROUTERS:
        app.include_router(module.router)
    app.include_router(voice_router)
    app.include_router(media_stream_router)
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(settings.cors_origins),
            allow_methods=["GET", "POST", "PATCH", "DELETE"],
            allow_headers=["xi-api-key", "content-type", "if-match", "x-request-id"],
            expose_headers=["etag", "retry-after", "x-request-id"],
        )
    # Added last, so outermost: it must see every response and every bug.
    app.add_middleware(RequestContextMiddleware, metrics=http_metrics)
    return app


def _state(
    settings: Settings,
    database: Database,
    access: AccessControl,
    runtime: Runtime,
    http_metrics: HttpMetrics,
    client: httpx.AsyncClient,
) -> AppState:
    http_metrics.watch_calls(runtime)
    checks = {**standard_checks(settings, database, runtime.calls, client), **runtime.health_checks()}
    return AppState(
        settings=settings,
        database=database,
        access=access,
        runtime=runtime,
        health=HealthMonitor(checks, critical=CRITICAL_CHECKS),
        metrics=http_metrics,
    )
