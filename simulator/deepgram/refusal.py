"""Refusals in Deepgram's own shape: JSON with `err_code` and `err_msg`, and the `dg-error` header."""

import uuid
from http import HTTPStatus

from starlette.responses import JSONResponse

from simulator.deepgram.options import DeepgramOptions


class RefusedError(Exception):
    """The request, or the handshake, is answered with an error."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message

    def response(self) -> JSONResponse:
        """The HTTP answer."""
        request_id = str(uuid.uuid4())
        return JSONResponse(
            {"err_code": self.code, "err_msg": self.message, "request_id": request_id},
            status_code=self.status,
            headers={"dg-request-id": request_id, "dg-error": self.message},
        )


def bad_request(message: str) -> RefusedError:
    """400, as for a query parameter that cannot be used."""
    return RefusedError(HTTPStatus.BAD_REQUEST, "Bad Request", message)


def check_key(authorization: str | None, subprotocols: list[str], options: DeepgramOptions) -> None:
    """Check the API key of `Authorization: Token|Bearer <key>` or `Sec-WebSocket-Protocol: token, <key>`.

    Raises:
        RefusedError: 401 without a key or with one that is not good.
    """
    scheme, _, key = (authorization or "").partition(" ")
    if not authorization and len(subprotocols) >= 2:
        scheme, key = subprotocols[0], subprotocols[1]
    key = key.strip()
    good = key in options.accepted_keys if options.accepted_keys else bool(key)
    if scheme.lower() not in ("token", "bearer") or not good or key in options.rejected_keys:
        raise RefusedError(HTTPStatus.UNAUTHORIZED, "INVALID_AUTH", "Invalid credentials.")
