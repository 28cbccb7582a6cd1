"""Pages from a real server on loopback; what the names resolve to is decided here."""

import asyncio
import gzip
from collections.abc import AsyncIterator
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from config.errors import InvalidInputError
from data.knowledge.fetch import DocumentFetcher
from data.network import public_transport
from simulator.hosting import serve_app

LIMIT = 100_000


async def _page(request: Request) -> Response:
    return PlainTextResponse(f"<p>Hello {request.headers['host']}</p>", media_type="text/html")


async def _endless(request: Request) -> Response:
    async def parts() -> AsyncIterator[bytes]:
        for _ in range(10_000):
            yield bytes(65_536)

    return StreamingResponse(parts(), media_type="text/plain")


async def _bomb(request: Request) -> Response:
    packed = gzip.compress(bytes(50_000_000))
    return Response(packed, headers={"content-encoding": "gzip"}, media_type="text/plain")


async def _slow(request: Request) -> Response:
    await asyncio.sleep(30)
    return PlainTextResponse("late")


async def _to(request: Request) -> Response:
    return RedirectResponse(request.query_params["url"])


async def _circle(request: Request) -> Response:
    return RedirectResponse("/circle")


ROUTES = [
    Route("/page", _page),
    Route("/endless", _endless),
    Route("/bomb", _bomb),
    Route("/slow", _slow),
    Route("/to", _to),
    Route("/circle", _circle),
    Route("/declared", lambda _: PlainTextResponse("x" * (LIMIT + 1))),
    Route("/missing", lambda _: Response(status_code=404)),
    Route("/picture", lambda _: Response(b"x", media_type="image/png")),
    Route("/prices.csv", lambda _: Response(b"a,b", media_type="application/octet-stream")),
]


@pytest.fixture
async def server() -> AsyncIterator[str]:
    async with serve_app(Starlette(routes=ROUTES)) as url:
        yield url


async def _code(url: str, **options: Any) -> str:
    with pytest.raises(InvalidInputError) as refusal:
        async with DocumentFetcher(LIMIT, **{"allow_private": True, **options}).fetch(url):
            pass
    return refusal.value.code


async def test_a_page_is_fetched_into_a_file_that_does_not_stay(server: str) -> None:
    async with DocumentFetcher(LIMIT, allow_private=True).fetch(f"{server}/to?url=/page#top") as fetched:
        assert fetched.path.read_text().startswith("<p>Hello 127.0.0.1")
        assert fetched.media_type.startswith("text/html")
        assert fetched.url == f"{server}/to?url=/page"
    assert not fetched.path.exists()
    async with DocumentFetcher(LIMIT, allow_private=True).fetch(f"{server}/prices.csv") as fetched:
        assert fetched.filename == "prices.csv"


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/endless", "document_too_large"),
        ("/bomb", "document_too_large"),
        ("/declared", "document_too_large"),
        ("/circle", "url_unreachable"),
        ("/missing", "url_unreachable"),
        ("/picture", "unsupported_document_type"),
        ("/to?url=file:///etc/passwd", "invalid_url"),
    ],
)
async def test_what_is_too_much_or_of_no_use_is_refused(server: str, path: str, code: str) -> None:
    assert await _code(f"{server}{path}") == code


async def test_a_server_that_does_not_answer_is_given_up(server: str) -> None:
    assert await _code(f"{server}/slow", deadline_seconds=0.05) == "url_unreachable"


@pytest.mark.parametrize(
    "url",
    ["file:///etc/passwd", "ftp://x.test/", "https://", "nonsense", "http://user:pass@x.test/", "http://[::1"],
)
async def test_other_addresses_are_refused(url: str) -> None:
    assert await _code(url) == "invalid_url"


async def test_private_addresses_are_refused_directly_by_name_and_by_redirect(
    server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = server.rpartition(":")[2]

    async def resolve(host: str, port: int) -> tuple[str, ...]:
        return {"open.test": ("127.0.0.1",), "both.test": ("93.184.215.14", "10.0.0.1")}.get(host, (host,))

    assert await _code(f"{server}/page", allow_private=False, resolve=resolve) == "private_address"
    assert await _code("http://both.test/page", allow_private=False, resolve=resolve) == "private_address"
    # From here on one loopback address counts as public, so that the first hop can be made.
    known = public_transport.is_public
    monkeypatch.setattr(public_transport, "is_public", lambda address: address == "127.0.0.1" or known(address))
    fetcher = DocumentFetcher(LIMIT, resolve=resolve)
    async with fetcher.fetch(f"http://open.test:{port}/page") as fetched:
        assert fetched.path.read_text() == f"<p>Hello open.test:{port}</p>"
    for target in ("http://169.254.169.254/latest", "http://127.0.0.2/", "http://[::1]/"):
        url = f"http://open.test:{port}/to?url={target}"
        assert await _code(url, allow_private=False, resolve=resolve) == "private_address"
