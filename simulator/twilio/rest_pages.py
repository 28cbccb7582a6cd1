"""Lists in the shape of Twilio's 2010 REST API."""

from collections.abc import Sequence
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse

_DEFAULT_PAGE_SIZE = 50
_MAX_PAGE_SIZE = 1000


def page_response(request: Request, key: str, items: Sequence[dict[str, object]]) -> JSONResponse:
    """Return one page of a list, as `PageSize` and `Page` of the query ask for."""
    size = min(max(_number(request, "PageSize", _DEFAULT_PAGE_SIZE), 1), _MAX_PAGE_SIZE)
    page = max(_number(request, "Page", 0), 0)
    start = page * size
    shown = items[start : start + size]

    def uri(number: int) -> str:
        query = {**dict(request.query_params), "PageSize": str(size), "Page": str(number)}
        return f"{request.url.path}?{urlencode(query)}"

    return JSONResponse(
        {
            key: list(shown),
            "first_page_uri": uri(0),
            "next_page_uri": uri(page + 1) if start + size < len(items) else None,
            "previous_page_uri": uri(page - 1) if page else None,
            "uri": uri(page),
            "page": page,
            "page_size": size,
            "start": start,
            "end": max(start, start + len(shown) - 1),
        }
    )


def _number(request: Request, name: str, default: int) -> int:
    text = request.query_params.get(name, "")
    return int(text) if text.isdecimal() else default
