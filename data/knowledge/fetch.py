"""Fetches a page or file of the web: bounded in size, time and redirects, never from private addresses."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

import httpx

from config.errors import InvalidInputError
from data.knowledge.extract.formats import MEDIA_TYPES, SUFFIXES
from data.network.public_transport import PublicOnlyTransport, Resolver

DEADLINE_SECONDS = 60.0
CONNECT_SECONDS = 10.0
MAX_REDIRECTS = 5
_PLAIN_ENCODINGS = frozenset({"", "identity", "gzip"})
_HEADERS = {
    "accept": "text/html, text/plain, text/markdown, application/pdf, application/json, text/csv, */*;q=0.1",
    # Others unpack without a bound on what one read may become.
    "accept-encoding": "gzip",
    "user-agent": "ai-sdr-knowledge/1",
}


@dataclass(frozen=True, slots=True)
class FetchedFile:
    """What was found at an address; the file is gone after the context that gave it.

    Attributes:
        path: Where it is.
        filename: For its format: the last part of the address, if that says one.
        media_type: As the server says.
        url: Where it was found in the end.
    """

    path: Path
    filename: str
    media_type: str
    url: str


class DocumentFetcher:
    """Fetches documents.

    Args:
        max_bytes: Most bytes of one, unpacked.
        allow_private: Let private addresses be reached, as `ALLOW_PRIVATE_TARGETS` says.
        resolve: Looks names up; the system's resolver otherwise.
        deadline_seconds: Of one document, redirects included.
    """

    def __init__(
        self,
        max_bytes: int,
        *,
        allow_private: bool = False,
        resolve: Resolver | None = None,
        deadline_seconds: float = DEADLINE_SECONDS,
    ) -> None:
        self._max_bytes = max_bytes
        self._allow_private = allow_private
        self._resolve = resolve
        self._deadline_seconds = deadline_seconds

    @asynccontextmanager
    async def fetch(self, url: str) -> AsyncIterator[FetchedFile]:
        """Fetch an address into a file.

        Raises:
            InvalidInputError: `invalid_url`, `private_address`, `host_not_found`, `url_unreachable`,
                `document_too_large` or `unsupported_document_type`.
        """
        with tempfile.TemporaryDirectory(prefix="fetched-") as folder:
            path = Path(folder) / "page"
            yield await self._saved(_checked(url), path)

    async def _saved(self, url: httpx.URL, path: Path) -> FetchedFile:
        transport = PublicOnlyTransport(allow_private=self._allow_private, resolve=self._resolve)
        client = httpx.AsyncClient(
            transport=transport,
            follow_redirects=True,
            max_redirects=MAX_REDIRECTS,
            timeout=httpx.Timeout(CONNECT_SECONDS),
            headers=_HEADERS,
            trust_env=False,
        )
        try:
            async with asyncio.timeout(self._deadline_seconds), client, client.stream("GET", url) as response:
                self._require_usable(response)
                await self._write(response, path)
        except TimeoutError:
            raise _unreachable(url, f"took longer than {self._deadline_seconds:g} s") from None
        except httpx.TooManyRedirects:
            raise _unreachable(url, f"redirects more than {MAX_REDIRECTS} times") from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise _unreachable(url, f"cannot be fetched ({type(error).__name__})") from error
        media_type = response.headers.get("content-type", "")
        return FetchedFile(path, _filename(response.url, media_type), media_type, str(url))

    def _require_usable(self, response: httpx.Response) -> None:
        if not response.is_success:
            raise _unreachable(response.url, f"answers {response.status_code}")
        declared = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        suffix = PurePosixPath(response.url.path).suffix.lower()
        undeclared = declared in ("", "application/octet-stream")
        if declared not in MEDIA_TYPES and not (undeclared and suffix in SUFFIXES):
            raise InvalidInputError(
                f"{response.url.host} answers with {declared or 'no media type'}, which cannot be read.",
                code="unsupported_document_type",
            )
        if response.headers.get("content-encoding", "").strip().lower() not in _PLAIN_ENCODINGS:
            raise _unreachable(response.url, "answers in an encoding that was not asked for")
        size = response.headers.get("content-length", "")
        if size.isdigit() and int(size) > self._max_bytes:
            raise self._too_large(response.url)

    async def _write(self, response: httpx.Response, path: Path) -> None:
        written = 0
        with path.open("wb") as file:
            async for part in response.aiter_bytes(65_536):
                written += len(part)
                if written > self._max_bytes:
                    raise self._too_large(response.url)
                await asyncio.to_thread(file.write, part)

    def _too_large(self, url: httpx.URL) -> InvalidInputError:
        return InvalidInputError(
            f"What {url.host} answers has more than {self._max_bytes:,} bytes.", code="document_too_large"
        )


def _checked(text: str) -> httpx.URL:
    try:
        url = httpx.URL(text.strip())
    except (httpx.InvalidURL, UnicodeError) as error:
        raise InvalidInputError("This is no address of the web.", param="url", code="invalid_url") from error
    if url.scheme not in ("http", "https") or not url.host:
        raise InvalidInputError("Give an http:// or https:// address.", param="url", code="invalid_url")
    if url.userinfo:
        raise InvalidInputError("Leave user and password out of the address.", param="url", code="invalid_url")
    return url.copy_with(fragment=None)


def _filename(url: httpx.URL, media_type: str) -> str:
    """The last part of the address if it names a format; a page's address ends in anything."""
    name = unquote(PurePosixPath(url.path).name)
    declared = media_type.partition(";")[0].strip().lower()
    if declared in MEDIA_TYPES:
        return ""
    return name if PurePosixPath(name).suffix.lower() in SUFFIXES else ""


def _unreachable(url: httpx.URL, problem: str) -> InvalidInputError:
    return InvalidInputError(f"{url.host} {problem}.", param="url", code="url_unreachable")
