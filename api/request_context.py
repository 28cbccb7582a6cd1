"""The outermost layer around every HTTP request: its id, its metrics, and the last line of defence.

It is plain ASGI and outside of Starlette's own error layer, because that one answers a bug with plain text
and then raises it again.
"""

import re
import time
import uuid

from loguru import logger
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import internal_error_response
from api.http_metrics import HttpMetrics
from api.identity import Identity

REQUEST_ID_HEADER = b"x-request-id"
_ACCEPTABLE_ID = re.compile(rb"[A-Za-z0-9_.-]{1,64}")


class RequestContextMiddleware:
    """Gives each request an id (the client's own `x-request-id`, if it is a plain one) and answers bugs.

    The id is in `request.state.request_id`, in the `x-request-id` header of every response, in every error
    body and in the log line of a failure. WebSockets pass through untouched.
    """

    def __init__(self, app: ASGIApp, *, metrics: HttpMetrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one ASGI connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _request_id(scope)
        scope.setdefault("state", {})["request_id"] = request_id
        status = 0
        began = time.perf_counter()

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), (REQUEST_ID_HEADER, request_id.encode())]
            await send(message)

        try:
            await self._app(scope, receive, send_with_id)
        except Exception as error:
            # The last line of defence: every bug must become a 500 with an id, and a line in the log.
            bound = {"request_id": request_id, "method": scope["method"], "route": _route(scope)}
            logger.bind(**bound, **_client(scope)).opt(exception=error).error(
                "A request failed with an unexpected {}", type(error).__name__
            )
            if status:
                raise
            await internal_error_response(request_id)(scope, receive, send_with_id)
        finally:
            self._metrics.observe(
                method=scope["method"],
                route=_route(scope),
                status=status,
                seconds=time.perf_counter() - began,
            )


def _request_id(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == REQUEST_ID_HEADER and _ACCEPTABLE_ID.fullmatch(value):
            return str(value, "ascii")
    return f"req_{uuid.uuid4().hex}"


def _client(scope: Scope) -> dict[str, str]:
    """Whose request it is, if that was found out before it failed."""
    identity = scope["state"].get("identity")
    if not isinstance(identity, Identity):
        return {}
    return {"workspace": identity.workspace_id, "actor": identity.actor}


def _route(scope: Scope) -> str:
    """The path's template, so that ids in paths make neither new metrics nor log lines with them."""
    path = getattr(scope.get("route"), "path", None)
    return path if isinstance(path, str) else "unmatched"
