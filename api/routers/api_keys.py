"""API keys over REST: `/v1/workspace/api-keys`."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Body, Depends, Response

from api.auth import ADMINISTERS
from api.dependencies import CursorText, KeyId, PageSize, State, Trail
from api.errors import error_responses
from api.key_service import KeyService, NewKey
from api.schemas.common import Nothing
from api.schemas.workspace import ApiKeyBody, ApiKeyCreated, ApiKeyPage, RotateBody
from api.workspace_responses import forbid_storing, key_created, key_shown
from data.api_keys import ApiKeyQuery
from data.pagination import DEFAULT_PAGE_SIZE

router = APIRouter(
    prefix="/v1/workspace/api-keys",
    tags=["Workspace"],
    dependencies=[ADMINISTERS],
    responses=error_responses(400, 401, 403, 429),
)


async def _key_service(state: State, trail: Trail) -> KeyService:
    return KeyService(state.database, trail, state.access.keys_changed)


Keys = Annotated[KeyService, Depends(_key_service)]


@router.get("", summary="List API keys")
async def list_api_keys(
    keys: Keys, page_size: PageSize = DEFAULT_PAGE_SIZE, cursor: CursorText = None
) -> ApiKeyPage:
    """Those of the workspace, newest first, ended ones included; those of `API_KEYS` are not among them."""
    page = await keys.list(ApiKeyQuery(cursor=cursor, page_size=page_size))
    return ApiKeyPage(
        api_keys=[key_shown(key) for key in page.items], has_more=page.has_more, next_cursor=page.next_cursor
    )


@router.post("", summary="Create an API key")
async def create_api_key(body: ApiKeyBody, keys: Keys, response: Response) -> ApiKeyCreated:
    """The answer holds the secret, this once."""
    forbid_storing(response)
    return key_created(await keys.create(NewKey(body.name, frozenset(body.scopes), body.expires_at)))


@router.delete("/{key_id}", summary="Revoke an API key", responses=error_responses(404))
async def revoke_api_key(key_id: KeyId, keys: Keys) -> Nothing:
    """It is refused from now on, for good; within seconds by other processes of the server, too."""
    await keys.revoke(key_id)
    return Nothing()


@router.post("/{key_id}/rotate", summary="Replace an API key", responses=error_responses(404))
async def rotate_api_key(
    key_id: KeyId, keys: Keys, response: Response, body: Annotated[RotateBody | None, Body()] = None
) -> ApiKeyCreated:
    """A new key with the same name, scopes and lifetime; the old one is good for the overlap only."""
    forbid_storing(response)
    overlap = timedelta(seconds=(body or RotateBody()).overlap_seconds)
    return key_created(await keys.rotate(key_id, overlap))
