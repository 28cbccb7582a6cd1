"""An application behind a key, as a proxy puts it before a vendor's server."""

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send


class LockedApp:
    """Answers 401 to every request without `Authorization: Bearer <key>`.

    Args:
        app: What the key opens.
        key: The one that is right.
    """

    def __init__(self, app: ASGIApp, key: str) -> None:
        self._app = app
        self._wanted = f"Bearer {key}".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI interface."""
        if scope["type"] == "http" and dict(scope["headers"]).get(b"authorization") != self._wanted:
            await JSONResponse({"error": "unauthorized"}, 401)(scope, receive, send)
            return
        await self._app(scope, receive, send)
