"""Errors in the shape and with the numbers of Twilio's REST API."""

from starlette.requests import Request
from starlette.responses import JSONResponse

AUTHENTICATE = 20003
NOT_FOUND = 20404
METHOD_NOT_ALLOWED = 20004
TOO_MANY_REQUESTS = 20429
SERVER_ERROR = 20500
NO_TO_NUMBER = 21201
NO_URL = 21205
UNVERIFIED_FROM = 21210
INVALID_TO = 21211
NO_FROM_NUMBER = 21213
NOT_IN_PROGRESS = 21220


class RestError(Exception):
    """A request that Twilio refuses.

    Args:
        status: HTTP status.
        code: Twilio's number.
        message: For a person.
    """

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code

    def response(self) -> JSONResponse:
        """Return the answer."""
        body = {
            "code": self.code,
            "message": str(self),
            "more_info": f"https://www.twilio.com/docs/errors/{self.code}",
            "status": self.status,
        }
        return JSONResponse(body, status_code=self.status)


def not_found(request: Request) -> RestError:
    """Return the error for a resource that does not exist."""
    return RestError(404, NOT_FOUND, f"The requested resource {request.url.path} was not found")


async def handle_rest_error(request: Request, error: Exception) -> JSONResponse:
    """Answer a `RestError`, for Starlette."""
    assert isinstance(error, RestError)
    return error.response()
