"""The two ways to manage keys: on the database itself, alone, or over a running server's REST API."""

import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from typing import Protocol

import httpx
import typer
from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError

from api.audit_trail import AuditTrail
from api.key_service import KeyService, NewKey
from api.schemas.workspace import ApiKeyCreated, ApiKeyPage, ApiKeyShown
from api.workspace_responses import key_created, key_shown
from cli.data_lock import exclusive_data
from cli.key_place import KeyPlace
from config.errors import ConfigurationError, InvalidInputError, VendorError
from config.settings import Settings
from data.api_keys import ApiKeyQuery, Scope
from data.audit import CLI_ACTOR
from data.database import Database
from data.pagination import MAX_PAGE_SIZE
from data.repositories.workspace import WorkspaceRepository
from data.workspaces import DEFAULT_WORKSPACE_ID

_PATH = "/v1/workspace/api-keys"
_DEADLINE_SECONDS = 15.0


class KeyAdmin(Protocol):
    """What can be done with the keys of one workspace; each raises `PhoneAgentError`s that a person may read."""

    async def list(self) -> tuple[ApiKeyShown, ...]:
        """All of them, newest first."""
        ...

    async def create(self, new: NewKey) -> ApiKeyCreated:
        """Make one."""
        ...

    async def revoke(self, key_id: str) -> None:
        """End one at once."""
        ...

    async def rotate(self, key_id: str, overlap: timedelta) -> ApiKeyCreated:
        """Make one in another's place."""
        ...


@asynccontextmanager
async def open_key_admin(settings: Settings, place: KeyPlace) -> AsyncIterator[KeyAdmin]:
    """Reach the keys as the command line says.

    Raises:
        ConfigurationError: A server is running, but was not named; or what was said contradicts itself.
        NotFoundError: `workspace_not_found`.
    """
    async with AsyncExitStack() as stack:
        if place.server is None:
            yield await _open_local(stack, settings, place.workspace or DEFAULT_WORKSPACE_ID)
        elif place.workspace is not None:
            raise ConfigurationError("With --server the workspace is that of the key: leave --workspace out.")
        else:
            client = httpx.AsyncClient(
                base_url=place.server,
                headers={"xi-api-key": place.key or some_key(settings)},
                timeout=_DEADLINE_SECONDS,
                trust_env=False,
            )
            yield RestKeyAdmin(await stack.enter_async_context(client))


class LocalKeyAdmin:
    """Keys in the database; nobody else uses the data meanwhile.

    Args:
        service: Of the workspace.
    """

    def __init__(self, service: KeyService) -> None:
        self._service = service

    async def list(self) -> tuple[ApiKeyShown, ...]:
        """All of them, newest first."""
        found: list[ApiKeyShown] = []
        cursor: str | None = None
        while True:
            page = await self._service.list(ApiKeyQuery(cursor=cursor, page_size=MAX_PAGE_SIZE))
            found += [key_shown(key) for key in page.items]
            cursor = page.next_cursor
            if cursor is None:
                return tuple(found)

    async def create(self, new: NewKey) -> ApiKeyCreated:
        """Make one."""
        return key_created(await self._service.create(new))

    async def revoke(self, key_id: str) -> None:
        """End one at once."""
        await self._service.revoke(key_id)

    async def rotate(self, key_id: str, overlap: timedelta) -> ApiKeyCreated:
        """Make one in another's place."""
        return key_created(await self._service.rotate(key_id, overlap))


class RestKeyAdmin:
    """Keys of a running server.

    Args:
        client: Knows its address and a key with the scope admin.
    """

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def list(self) -> tuple[ApiKeyShown, ...]:
        """All of them, newest first."""
        found: list[ApiKeyShown] = []
        cursor: str | None = None
        while True:
            query = {"page_size": str(MAX_PAGE_SIZE), **({"cursor": cursor} if cursor else {})}
            page = ApiKeyPage.model_validate_json(await self._request("GET", "", query=query))
            found += page.api_keys
            cursor = page.next_cursor
            if cursor is None:
                return tuple(found)

    async def create(self, new: NewKey) -> ApiKeyCreated:
        """Make one."""
        body: dict[str, JsonValue] = {
            "name": new.name,
            "scopes": [scope.value for scope in Scope if scope in new.scopes],
            "expires_at": None if new.expires_at is None else new.expires_at.isoformat(),
        }
        return ApiKeyCreated.model_validate_json(await self._request("POST", "", body=body))

    async def revoke(self, key_id: str) -> None:
        """End one at once."""
        await self._request("DELETE", f"/{key_id}")

    async def rotate(self, key_id: str, overlap: timedelta) -> ApiKeyCreated:
        """Make one in another's place."""
        body: dict[str, JsonValue] = {"overlap_seconds": round(overlap.total_seconds())}
        return ApiKeyCreated.model_validate_json(await self._request("POST", f"/{key_id}/rotate", body=body))

    async def _request(
        self,
        method: str,
        path: str,
        *,
        query: dict[str, str] | None = None,
        body: dict[str, JsonValue] | None = None,
    ) -> bytes:
        try:
            response = await self._client.request(method, f"{_PATH}{path}", params=query, json=body)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise VendorError(
                "server", f"The server at {self._client.base_url} does not answer: {type(error).__name__}."
            ) from error
        if response.is_success:
            return response.content
        raise InvalidInputError(f"The server refused ({response.status_code}): {_message(response)}")


class _Detail(BaseModel):
    model_config = ConfigDict(extra="ignore")

    message: str


class _Refusal(BaseModel):
    model_config = ConfigDict(extra="ignore")

    detail: _Detail


def _message(response: httpx.Response) -> str:
    try:
        return _Refusal.model_validate_json(response.content).detail.message
    except ValidationError:  # a 422's list, or not our server
        return response.text[:200]


async def _open_local(stack: AsyncExitStack, settings: Settings, workspace_id: str) -> LocalKeyAdmin:
    try:
        stack.enter_context(exclusive_data(settings))
    except ConfigurationError as error:
        raise ConfigurationError(
            f"{error.message}\nOr manage keys through the running server: add --server http://127.0.0.1:{settings.port}"
        ) from None
    database = Database(settings.database_url)
    stack.push_async_callback(database.close)
    await database.upgrade()
    async with database.read() as session:
        await WorkspaceRepository(session).get(workspace_id)
    return LocalKeyAdmin(KeyService(database, AuditTrail(workspace_id, CLI_ACTOR, None)))


def some_key(settings: Settings) -> str:
    """A key for a running server: the first of `API_KEYS`, or what is typed.

    Raises:
        ConfigurationError: There is neither.
    """
    if settings.api_keys:
        return settings.api_keys[0].get_secret_value()
    if not sys.stdin.isatty():
        raise ConfigurationError("Say which key opens the server: --key, or API_KEYS.")
    return str(typer.prompt("Admin key of the server", hide_input=True, err=True))
