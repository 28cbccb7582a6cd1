"""How errors become responses: ElevenLabs' `detail` objects, and FastAPI's list for a 422.

Status codes follow one rule: the official SDK retries 408, 409, 429 and every 5xx, POST included, so no
business error may use those. 429 is used only where nothing was done and trying again is right.
"""

import math
from http import HTTPStatus
from typing import cast

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field, JsonValue
from starlette.exceptions import HTTPException

from config.errors import (
    AuthenticationError,
    CapacityError,
    ConfigurationError,
    InvalidInputError,
    NotFoundError,
    PermissionDeniedError,
    PhoneAgentError,
    PreconditionFailedError,
    VendorError,
)


class ErrorDetail(BaseModel):
    """What went wrong, for programs (`type`, `code`) and for people (`message`)."""

    type: str = Field(description="Family of the error.", examples=["not_found"])
    code: str = Field(description="Stable name of the error.", examples=["agent_not_found"])
    message: str = Field(description="One sentence that says what to do.")
    status: str = Field(description="The same as `code`, where older clients look for it.")
    request_id: str = Field(description="Also in the `x-request-id` header and in the server's log.")
    param: str | None = Field(default=None, description="The offending input, where there is one.")


class ErrorBody(BaseModel):
    """Body of every error but a 422."""

    detail: ErrorDetail


class CredentialsError(AuthenticationError):
    """No key or a wrong one.

    Attributes:
        legacy_status: What the `status` key says; here alone it differs from the code.
    """

    def __init__(self, message: str, *, legacy_status: str) -> None:
        super().__init__(message)
        self.legacy_status = legacy_status


class TooManyRequestsError(CapacityError):
    """Nothing was done; it may be repeated later.

    Attributes:
        retry_after: Seconds until then; the `retry-after` header has them rounded up.
    """

    code = "rate_limited"

    def __init__(self, message: str, *, code: str, retry_after: float) -> None:
        super().__init__(message, code=code)
        self.retry_after = retry_after


_STATUS: tuple[tuple[type[PhoneAgentError], int, str], ...] = (
    (InvalidInputError, 400, "invalid_request"),
    (ConfigurationError, 400, "invalid_request"),
    (VendorError, 400, "vendor_error"),
    (AuthenticationError, 401, "authentication_error"),
    (PermissionDeniedError, 403, "authorization_error"),
    (NotFoundError, 404, "not_found"),
    (PreconditionFailedError, 412, "precondition_failed"),
    (CapacityError, 429, "rate_limit_error"),
)
_DOCUMENTED = {
    400: ("The request cannot be used; nothing was changed.", "invalid_request", "invalid_cursor", "cursor"),
    401: ("No API key, or one that is wrong, revoked or expired.", "authentication_error", "unauthorized", None),
    403: ("The API key's scopes do not allow this.", "authorization_error", "missing_scope", None),
    404: ("There is no such thing in this workspace.", "not_found", "agent_not_found", None),
    412: (
        "It changed since it was read: read it again and repeat.",
        "precondition_failed",
        "precondition_failed",
        "If-Match",
    ),
    429: (
        "Too many requests, or too many wrong keys; repeat after `retry-after` seconds.",
        "rate_limit_error",
        "rate_limited",
        None,
    ),
}
"""Of each status: what it means, and the type, code and param of its example."""
EXAMPLE_REQUEST_ID = "req_5f0c6a1e9b3d4c7f8a2b1d0e9c8f7a6b"
BUG_MESSAGE = "Something went wrong on the server. Its log has the details under this request id."
"""All that a stranger is told of a bug."""
_RETRY_AFTER = {
    "retry-after": {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 1}},
}


def error_responses(*statuses: int) -> dict[int | str, dict[str, object]]:
    """The `responses=` of a route that may answer with these error statuses."""
    return {status: _documented(status) for status in statuses}


def _documented(status: int) -> dict[str, object]:
    description, kind, code, param = _DOCUMENTED[status]
    example = error_example(
        kind, code, description, status="invalid_api_key" if status == 401 else code, param=param
    )
    response: dict[str, object] = {
        "model": ErrorBody,
        "description": description,
        "content": {"application/json": {"example": example}},
    }
    return {**response, "headers": _RETRY_AFTER} if status == 429 else response


def refusal(kind: str, code: str, message: str) -> dict[str, object]:
    """One entry of a route's `responses=`, for an error that is the route's own."""
    return {
        "model": ErrorBody,
        "description": message,
        "content": {"application/json": {"example": error_example(kind, code, message, status=code)}},
    }


def error_example(
    kind: str, code: str, message: str, *, status: str, param: str | None = None
) -> dict[str, JsonValue]:
    """An error's body, for the API's document."""
    detail = ErrorDetail(
        type=kind, code=code, message=message, status=status, request_id=EXAMPLE_REQUEST_ID, param=param
    )
    return ErrorBody(detail=detail).model_dump(exclude_none=True)


def install_error_handlers(app: FastAPI) -> None:
    """Make the app answer every error as this module says; bugs are `RequestContextMiddleware`'s."""
    app.add_exception_handler(PhoneAgentError, _on_product_error)
    app.add_exception_handler(HTTPException, _on_http_exception)
    app.add_exception_handler(RequestValidationError, _on_validation_error)


def internal_error_response(request_id: str) -> JSONResponse:
    """The 500 for a bug: it tells a stranger nothing but the id to look for in the log."""
    return _response(500, request_id, kind="internal_error", code="internal_error", message=BUG_MESSAGE)


def _on_product_error(request: Request, error: Exception) -> JSONResponse:
    known = cast(PhoneAgentError, error)
    for family, status, kind in _STATUS:
        if isinstance(known, family):
            response = _response(
                status,
                _request_id(request),
                kind=kind,
                code=known.code,
                message=known.message,
                legacy_status=known.legacy_status if isinstance(known, CredentialsError) else None,
                param=known.param,
            )
            if isinstance(known, TooManyRequestsError):
                response.headers["retry-after"] = str(max(1, math.ceil(known.retry_after)))
            return response
    raise error


def _on_http_exception(request: Request, error: Exception) -> JSONResponse:
    """Errors of the framework itself: no such route, wrong method, a body that is no JSON."""
    known = cast(HTTPException, error)
    phrase = HTTPStatus(known.status_code).phrase.lower().replace(" ", "_")
    kind = {404: "not_found", 401: "authentication_error", 403: "authorization_error"}
    response = _response(
        known.status_code,
        _request_id(request),
        kind=kind.get(known.status_code, "invalid_request"),
        code="route_not_found" if known.status_code == 404 else phrase,
        message=str(known.detail),
    )
    response.headers.update(known.headers or {})
    return response


def _on_validation_error(request: Request, error: Exception) -> JSONResponse:
    """FastAPI's own list, made safe to send: what was sent may not be expressible as JSON."""
    del request
    problems = [
        {
            "type": str(problem["type"]),
            "loc": [part if isinstance(part, int) else _printable(str(part)) for part in problem["loc"]],
            "msg": _printable(str(problem["msg"]).removeprefix("Value error, ")),
            "input": _echo(problem.get("input")),
        }
        for problem in cast(RequestValidationError, error).errors()
    ]
    return JSONResponse({"detail": problems}, status_code=422)


def _response(
    http_status: int,
    request_id: str,
    *,
    kind: str,
    code: str,
    message: str,
    legacy_status: str | None = None,
    param: str | None = None,
) -> JSONResponse:
    detail = ErrorDetail(
        type=kind,
        code=code,
        message=message,
        status=legacy_status or code,
        request_id=request_id,
        param=param,
    )
    return JSONResponse(ErrorBody(detail=detail).model_dump(exclude_none=True), status_code=http_status)


def _request_id(request: Request) -> str:
    return str(request.state.request_id)


def _echo(value: object) -> object:
    """Scalars as they were sent; of anything larger or stranger only its type."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int) and abs(value) < 2**53:
        return value
    if isinstance(value, str):
        return _printable(value[:200])
    if isinstance(value, float) and abs(value) < 1e308:
        return value
    return f"<{type(value).__name__}>"


def _printable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()
